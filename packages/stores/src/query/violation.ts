import { nearestName, ValidationError, type ViolatedRule } from "@latchkey/server";

/**
 * An error about one field. The path contains only names of the API, because input is never echoed.
 *
 * @param rule the rule that is broken, with its threshold if it has one
 */
export function violation(
  field: string,
  rule: ViolatedRule | readonly [ViolatedRule, threshold: number],
  description: string,
): ValidationError {
  if (typeof rule === "string") return new ValidationError([{ field, description, violatedRule: rule }]);
  const [violatedRule, threshold] = rule;
  return new ValidationError([{ field, description, violatedRule, data: { threshold } }]);
}

/** The error for a field that is none of `names`. The field is named if it is short and plain, as a typing error is. */
export function unknownField(path: string, field: string, names: readonly string[]): ValidationError {
  const named = /^[\w.$]{1,40}$/.test(field) ? `the unknown field ${field}` : "an unknown field";
  const meant = nearestName(field, names);
  const question = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  return violation(path, "INVALID_ENUM_VALUE", `has ${named}${question}; use one of ${names.join(", ")}`);
}

/** The error for more than `threshold` items. */
export function tooMany(field: string, threshold: number, what: string): ValidationError {
  return violation(field, ["MAX_SIZE", threshold], `has more than ${threshold} ${what}`);
}

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
