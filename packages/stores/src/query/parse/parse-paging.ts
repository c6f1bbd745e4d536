import { isObject, violation } from "../violation.ts";

/** Which rows of a result to return. */
export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

/** How many rows a form of a query returns. */
export interface PageSizes {
  /** When it does not say. */
  readonly usual: number;
  /** What it may ask for at least. */
  readonly least: number;
}

const maxLimit = 100;
// Every row before the page is walked past; who reads a whole large store asks for `numericId` above the last one seen.
const maxOffset = 1_000_000;

/** Reads the paging that stands at `path`. */
export function parsePaging(input: unknown, path: string, sizes: PageSizes): Paging {
  const paging = input ?? {};
  if (!isObject(paging)) {
    throw violation(path, { violatedRule: "FORMAT" }, "must be an object with limit and offset");
  }
  return {
    limit: parseLimit(paging.limit, `${path}.limit`, sizes),
    offset: readWhole(paging.offset ?? 0, `${path}.offset`, { min: 0, max: maxOffset }),
  };
}

/** Reads how many rows a page has. */
export function parseLimit(value: unknown, path: string, { usual, least }: PageSizes): number {
  return readWhole(value ?? usual, path, { min: least, max: maxLimit });
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
