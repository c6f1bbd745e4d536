import { type FieldViolation, ValidationError } from "@latchkey/server";

/** The refusal of one field: its path made of known names only, since nothing submitted is ever echoed. */
export function violation(
  field: string,
  rule: Pick<FieldViolation, "violatedRule" | "data">,
  description: string,
): ValidationError {
  return new ValidationError([{ field, description, ...rule }]);
}

/** Refuses more than `threshold` of something. */
export function tooMany(field: string, threshold: number, what: string): ValidationError {
  return violation(
    field,
    { violatedRule: "MAX_SIZE", data: { threshold } },
    `has more than ${threshold} ${what}`,
  );
}

/** The members of a JSON object. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
