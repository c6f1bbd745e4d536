import { parseIsoTime, type ViolatedRule } from "@latchkey/server";

/** A value as the databases compare it. */
export type Scalar = string | number;

/** What the values of a field are. */
export interface ValueKind {
  /** The value as it is compared, or undefined when it is none of this kind. */
  read(value: unknown): Scalar | undefined;
  /** What a value must be, behind the words "must be". */
  readonly expected: string;
  readonly violatedRule: ViolatedRule;
  /** The value that stands for none, in fields that may lack one. */
  readonly empty?: Scalar;
}

/** Longest text of a filter, in UTF-16 units: that of the longest description. */
const maxTextLength = 8_000;

/** Text that both databases can hold: PostgreSQL has no NUL, and a lone surrogate has no UTF-8. */
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

/** A finite number, or the decimal text of one, as the reference of this API writes prices. */
export const decimal: ValueKind = {
  read(value) {
    const number =
      typeof value === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
  },
  expected: "a finite number",
  violatedRule: "FORMAT",
};

/** A whole number, or its digits, as the wire spells 64-bit numbers. */
export const whole: ValueKind = {
  read(value) {
    const number = typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : undefined;
  },
  expected: "a whole number below 2^53, or its digits",
  violatedRule: "FORMAT",
};

/** An instant, compared in epoch milliseconds. */
export const instant: ValueKind = {
  read: (value) => (typeof value === "string" ? parseIsoTime(value) : undefined),
  expected: "an ISO 8601 time with a zone, such as 2026-01-02T03:04:05.678Z",
  violatedRule: "FORMAT",
};

/** One of a few words, spelled exactly. */
export function oneOf(words: readonly string[]): ValueKind {
  return {
    read: (value) => words.find((word) => word === value),
    expected: `one of ${words.join(", ")}`,
    violatedRule: "INVALID_ENUM_VALUE",
  };
}
