import type { z } from "zod";
import { ValidationError } from "../errors/index.ts";
import { bodyType, parseBody, readText } from "../http/index.ts";
import { parse } from "./violations.ts";

/** Reads a JSON body. An empty body is `{}`, so that requests without required fields need none. */
export async function readBody(request: Request, limit?: number): Promise<unknown> {
  const body = await readText(request, limit);
  if (body === "") return {};
  bodyType(request.headers, ["json"]);
  return parseBody(body);
}

/** Reads the query parameters of a URL. Throws violations for unknown, repeated and invalid ones. */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, url: string): z.output<Schema> {
  const given = new URL(url).searchParams;
  const names = [...new Set(given.keys())];
  const repeated = Object.keys(schema.shape).filter((name) => given.getAll(name).length > 1);
  if (repeated.length > 0) {
    const rule = { description: "is given more than once", violatedRule: "VALIDATION" } as const;
    throw new ValidationError(repeated.map((field) => ({ field, ...rule })));
  }
  return parse(schema, Object.fromEntries(names.map((name) => [name, given.get(name)])), "query");
}
