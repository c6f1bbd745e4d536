import { isObject, violation } from "./violation.ts";

/** Which rows of a result to return. */
export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

const maxLimit = 100;
// Every row before the page is walked past; who reads a whole large store asks for `numericId` above the last one seen.
const maxOffset = 1_000_000;

/** Reads `query.paging`. The REST form returns 100 rows when it does not say. */
export function parsePaging(input: unknown): Paging {
  const paging = input ?? {};
  if (!isObject(paging)) {
    throw violation("query.paging", { violatedRule: "FORMAT" }, "must be an object with limit and offset");
  }
  return {
    limit: readWhole(paging.limit ?? maxLimit, "query.paging.limit", { min: 1, max: maxLimit }),
    offset: readWhole(paging.offset ?? 0, "query.paging.offset", { min: 0, max: maxOffset }),
  };
}

function readWhole(value: unknown, path: string, { min, max }: { min: number; max: number }): number {
  if (!Number.isSafeInteger(value))
    throw violation(path, { violatedRule: "FORMAT" }, "must be a whole number");
  const number = value as number;
  if (number < min) {
    throw violation(path, { violatedRule: "MIN", data: { threshold: min } }, `must be at least ${min}`);
  }
  if (number > max) {
    throw violation(path, { violatedRule: "MAX", data: { threshold: max } }, `must be at most ${max}`);
  }
  return number;
}
