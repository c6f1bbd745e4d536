import type { FieldViolation, ViolatedRule } from "@latchkey/protocol";
import { z } from "zod";
import { ValidationError } from "../errors/index.ts";

type Issue = z.core.$ZodIssue;
type Rule = Pick<FieldViolation, "description" | "violatedRule" | "data">;

/** A part of the request. A violation of the whole part has its name as the field. */
export type Source = "body" | "query" | "path";

/**
 * Parses a value by a schema. Throws one violation for each broken rule. Violations name fields of the schema only,
 * never values or unknown field names of the request.
 */
export function parse<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  source: Source,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ValidationError(
    parsed.error.issues.flatMap(issuesOf).map((issue) => ({
      field: fieldName(issue.path) || source,
      ...ruleOf(issue, { missing: valueAt(value, issue.path) === undefined, schema }),
    })),
  );
}

/** The issues of the option of a union that the value was meant for, or the issue itself. */
function issuesOf(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const isOfAnotherType = (inner: Issue) => inner.code === "invalid_type" && inner.path.length === 0;
  const meant = issue.errors.find((inner) => !inner.some(isOfAnotherType)) ?? [];
  if (meant.length === 0) return [issue];
  return meant.flatMap((inner) => issuesOf({ ...inner, path: [...issue.path, ...inner.path] }));
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) => (typeof part === "number" ? `${name}[${part}]` : `${name}${name && "."}${String(part)}`),
    "",
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, part) : undefined),
    value,
  );
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function ruleOf(issue: Issue, context: { missing: boolean; schema: z.ZodObject }): Rule {
  switch (issue.code) {
    case "invalid_type":
      if (context.missing) return { description: "is required", violatedRule: "REQUIRED_FIELD" };
      return {
        description: `must be ${kinds[issue.expected] ?? "of another type"}`,
        violatedRule: "VALIDATION",
      };
    case "invalid_value":
      if (context.missing) return { description: "is required", violatedRule: "REQUIRED_FIELD" };
      return {
        description: `must be one of ${issue.values.join(", ")}`,
        violatedRule: "INVALID_ENUM_VALUE",
        data: { allowed: issue.values },
      };
    case "too_small":
      return bound(issue.origin, { threshold: Number(issue.minimum), side: "MIN", words: "at least" });
    case "too_big":
      return bound(issue.origin, { threshold: Number(issue.maximum), side: "MAX", words: "at most" });
    case "unrecognized_keys": {
      const allowed = fieldsAt(context.schema, issue.path);
      const list = allowed.length === 0 ? "none is" : `only these are: ${allowed.join(", ")}`;
      return {
        description: `has a field that is not taken here; ${list}`,
        violatedRule: "FIELD_NOT_ALLOWED",
        data: { allowed },
      };
    }
    case "invalid_format":
      return { description: issue.message, violatedRule: "FORMAT" };
    case "invalid_union": {
      const types = issue.errors.flat().flatMap((inner) => (inner.code === "invalid_type" ? [inner] : []));
      const named = types.map(({ expected }) => kinds[expected] ?? "of another type");
      return { description: `must be ${[...new Set(named)].join(" or ")}`, violatedRule: "VALIDATION" };
    }
    case "custom":
      return { description: issue.message, violatedRule: issue.params?.rule ?? "VALIDATION" };
    default:
      return { description: "is not valid", violatedRule: "VALIDATION" };
  }
}

/** The fields that the object at `path` may have. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const bare = bareSchema(schema);
  const [part, ...rest] = path;
  if (bare instanceof z.ZodArray) return fieldsAt(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodUnion) {
    return bare.options.flatMap((option) => fieldsAt(option as z.ZodType, path));
  }
  if (!(bare instanceof z.ZodObject)) return [];
  if (part === undefined) return Object.keys(bare.shape);
  return fieldsAt(bare.shape[String(part)], rest);
}

/** Removes optional, nullable and pipe wrappers. */
function bareSchema(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodPipe) return bareSchema(schema.in as z.ZodType);
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return wraps ? bareSchema(schema.unwrap() as z.ZodType) : schema;
}

function bound(
  origin: string,
  { threshold, side, words }: { threshold: number; side: "MIN" | "MAX"; words: string },
): Rule {
  const data = { threshold };
  const rule = (suffix: "" | "_LENGTH" | "_SIZE"): ViolatedRule => `${side}${suffix}`;
  if (origin === "string") {
    const description =
      side === "MIN" && threshold === 1 ? "must not be empty" : `must have ${words} ${threshold} characters`;
    return { description, violatedRule: rule("_LENGTH"), data };
  }
  if (origin === "array") {
    const items = threshold === 1 ? "item" : "items";
    return { description: `must have ${words} ${threshold} ${items}`, violatedRule: rule("_SIZE"), data };
  }
  return { description: `must be ${words} ${threshold}`, violatedRule: rule(""), data };
}
