import type { FieldViolation } from "@latchkey/protocol";
import { z } from "zod";
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

const pageBounds = { min: 1, max: 100, default: 50 } as const;

/** The query of every list, added to its filters. */
export const pageQuery: {
  limit: z.ZodType<number, string | undefined>;
  cursor: z.ZodOptional<z.ZodString>;
} = {
  limit: z
    .string()
    .regex(/^-?\d{1,12}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(pageBounds.min).max(pageBounds.max))
    .default(pageBounds.default),
  cursor: z.string().max(1_000).optional(),
};

/** The same as a client sees it. */
export const documentedPageQuery: { limit: z.ZodType<number>; cursor: z.ZodOptional<z.ZodString> } = {
  limit: z
    .int()
    .min(pageBounds.min)
    .max(pageBounds.max)
    .default(pageBounds.default)
    .meta({ description: "Items of one page" }),
  cursor: z.string().optional().meta({ description: "nextCursor of the page before" }),
};
