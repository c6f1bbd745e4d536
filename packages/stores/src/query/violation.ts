import { type FieldViolation, ValidationError } from "@latchkey/server";

/** An error about one field. The path contains only names of the API, because input is never echoed. */
export function violation(
  field: string,
  rule: Pick<FieldViolation, "violatedRule" | "data">,
  description: string,
): ValidationError {
  return new ValidationError([{ field, description, ...rule }]);
}

/** The error for a field that is none of `names`. The field is named if it is short and plain, as a typing error is. */
export function unknownField(path: string, field: string, names: readonly string[]): ValidationError {
  const named = /^[\w.$]{1,40}$/.test(field) ? `the unknown field ${field}` : "an unknown field";
  return violation(
    path,
    { violatedRule: "INVALID_ENUM_VALUE" },
    `has ${named}; use one of ${names.join(", ")}`,
  );
}

/** The error for more than `threshold` items. */
export function tooMany(field: string, threshold: number, what: string): ValidationError {
  return violation(
    field,
    { violatedRule: "MAX_SIZE", data: { threshold } },
    `has more than ${threshold} ${what}`,
  );
}

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
