import type { FieldViolation } from "@latchkey/protocol";
import type { z } from "zod";
import { ApiError, ValidationError } from "../errors/index.ts";
import { bodyType, parseStrictJson, readText } from "../http/index.ts";
import { parse } from "./violations.ts";

/** Reads a JSON body; no body at all counts as `{}`, so that calls without required fields need none. */
export async function readBody(request: Request, limit?: number): Promise<unknown> {
  const body = await readText(request, limit);
  if (body === "") return {};
  bodyType(request.headers, ["json"]);
  const parsed = parseStrictJson(body);
  if ("fault" in parsed) throw new ApiError(parsed.fault);
  return parsed.value;
}

/** Reads the parameters behind `?`. Throws violations for unknown ones, repeated ones and bad values. */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, url: string): z.output<Schema> {
  const given = new URL(url).searchParams;
  const names = [...new Set(given.keys())];
  const repeated = Object.keys(schema.shape).filter((name) => given.getAll(name).length > 1);
  if (repeated.length > 0) throw new ValidationError(repeated.map(repetition));
  return parse(schema, Object.fromEntries(names.map((name) => [name, given.get(name)])), "query");
}

function repetition(field: string): FieldViolation {
  return { field, description: "is given more than once", violatedRule: "VALIDATION" };
}
