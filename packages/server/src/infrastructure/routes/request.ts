import { z } from "zod";
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
  return readParameters(schema, new URL(url).searchParams, "query");
}

/**
 * Reads the fields of an HTML form. A field whose schema is a list may be repeated or absent. Throws violations, and
 * `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE`, `BODY_TIMEOUT`, `INVALID_UTF8`.
 */
export async function readForm<Schema extends z.ZodObject>(
  schema: Schema,
  request: Request,
): Promise<z.output<Schema>> {
  bodyType(request.headers, ["form"]);
  return readParameters(schema, new URLSearchParams(await readText(request)), "body");
}

function readParameters<Schema extends z.ZodObject>(
  schema: Schema,
  given: URLSearchParams,
  source: "query" | "body",
): z.output<Schema> {
  const isList = (name: string): boolean => schema.shape[name] instanceof z.ZodArray;
  const declared = Object.keys(schema.shape);
  const repeated = declared.filter((name) => !isList(name) && given.getAll(name).length > 1);
  if (repeated.length > 0) {
    const rule = { description: "is given more than once", violatedRule: "VALIDATION" } as const;
    throw new ValidationError(repeated.map((field) => ({ field, ...rule })));
  }
  const names = new Set([...given.keys(), ...declared.filter(isList)]);
  const values = [...names].map((name) => [name, isList(name) ? given.getAll(name) : given.get(name)]);
  return parse(schema, Object.fromEntries(values), source);
}
