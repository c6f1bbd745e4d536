import { isObject, violation } from "../violation.ts";

/** The requested part of a result. */
export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

/** Page sizes of one form of a query. */
export interface PageSizes {
  readonly default: number;
  readonly min: number;
}

const maxLimit = 100;
// The database skips every row before the page. To read a large store, a client filters by `numericId` instead.
const maxOffset = 1_000_000;

/** Parses the paging at `path`. */
export function parsePaging(input: unknown, path: string, sizes: PageSizes): Paging {
  const paging = input ?? {};
  if (!isObject(paging)) throw violation(path, "FORMAT", "must be an object with limit and offset");
  return {
    limit: parseLimit(paging.limit, `${path}.limit`, sizes),
    offset: readWhole(paging.offset ?? 0, `${path}.offset`, { min: 0, max: maxOffset }),
  };
}

export function parseLimit(value: unknown, path: string, sizes: PageSizes): number {
  return readWhole(value ?? sizes.default, path, { min: sizes.min, max: maxLimit });
}

function readWhole(value: unknown, path: string, { min, max }: { min: number; max: number }): number {
  if (!Number.isSafeInteger(value)) throw violation(path, "FORMAT", "must be a whole number");
  const number = value as number;
  if (number < min) throw violation(path, ["MIN", min], `must be at least ${min}`);
  if (number > max) throw violation(path, ["MAX", max], `must be at most ${max}`);
  return number;
}
