import { parseIsoTime, type ViolatedRule } from "@latchkey/server";

/** A value in the form that the databases compare. */
export type Scalar = string | number;

/** The type of the values of a field. */
export interface ValueKind {
  /** Returns the value in the form that is compared; undefined if it is not of this kind. */
  read(value: unknown): Scalar | undefined;
  /** Completes the message "must be …". */
  readonly expected: string;
  readonly violatedRule: ViolatedRule;
  /** The stored value of an absent field, in fields that may be absent. */
  readonly empty?: Scalar;
}

/** Longest text of a filter, in UTF-16 units: as long as the longest description. */
const maxTextLength = 8_000;

/** Text that both databases can store: PostgreSQL cannot store NUL, and UTF-8 cannot encode an unpaired surrogate. */
export const text: ValueKind = {
  read: (value) =>
    typeof value === "string" &&
    value.length <= maxTextLength &&
    value.isWellFormed() &&
    !value.includes("\0")
      ? value
      : undefined,
  expected: `text of at most ${maxTextLength} characters without NUL or unpaired surrogates`,
  violatedRule: "FORMAT",
  empty: "",
};

/** Ids are stored in lower case. */
export const id: ValueKind = {
  read: (value) =>
    typeof value === "string" && /^[0-9A-Za-z_-]{1,100}$/.test(value) ? value.toLowerCase() : undefined,
  expected: "an id: 1 to 100 letters, digits, - and _",
  violatedRule: "FORMAT",
};

/** A finite number, or its decimal text, because the reference of this API writes prices as text. */
export const decimal: ValueKind = {
  read(value) {
    const number =
      typeof value === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
  expected: "a finite number",
  violatedRule: "FORMAT",
};

/** A whole number, or its digits, because the wire writes 64-bit numbers as text. */
export const whole: ValueKind = {
  read(value) {
    const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : undefined;
  },
  expected: "a whole number below 2^53, or its digits",
  violatedRule: "FORMAT",
};

/** A time, compared in epoch milliseconds. */
export const instant: ValueKind = {
  read: (value) => (typeof value === "string" ? parseIsoTime(value) : undefined),
  expected: "an ISO 8601 time with a zone, such as 2026-01-02T03:04:05.678Z",
  violatedRule: "FORMAT",
};

/** One of a fixed set of values; upper and lower case differ. */
export function oneOf(values: readonly string[]): ValueKind {
  return {
    read: (value) => values.find((known) => known === value),
    expected: `one of ${values.join(", ")}`,
    violatedRule: "INVALID_ENUM_VALUE",
  };
}
