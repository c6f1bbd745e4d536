import type { CallOptions } from "../api-module.ts";
import type { QueryResult } from "./query-result.ts";

/** The fields that a query may name, by what can be done with them, each with the type of its values. */
export interface QueryFields {
  readonly equality: object;
  readonly order: object;
  readonly text: object;
  readonly list: object;
  readonly sort: string;
}

/** A field of one of those groups. */
type Field<Group> = Extract<keyof Group, string>;

/**
 * Composes a query; each method returns a new builder, so that one may be kept and varied.
 * Several conditions hold together.
 */
export interface QueryBuilder<Item, Fields extends QueryFields> {
  eq<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  ne<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  gt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  ge<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  lt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  le<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  startsWith(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  contains(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  hasSome<F extends Field<Fields["equality"]>>(
    field: F,
    values: readonly Fields["equality"][F][],
  ): QueryBuilder<Item, Fields>;
  hasAll<F extends Field<Fields["list"]>>(
    field: F,
    values: readonly Fields["list"][F][],
  ): QueryBuilder<Item, Fields>;
  ascending(...fields: readonly Fields["sort"][]): QueryBuilder<Item, Fields>;
  descending(...fields: readonly Fields["sort"][]): QueryBuilder<Item, Fields>;
  /** @param count items to leave out at the beginning. Default: 0 */
  skip(count: number): QueryBuilder<Item, Fields>;
  /** @param count items per page, 1 to 100. Default: 50 */
  limit(count: number): QueryBuilder<Item, Fields>;
  /**
   * Gets the first page.
   *
   * @throws {LatchkeyError} `validation_failed`, `permission_denied` and all that a call can throw
   */
  find(options?: CallOptions): Promise<QueryResult<Item>>;
}

/** Names of the wire for the comparisons that a builder offers. */
export type Operator =
  | "$eq"
  | "$ne"
  | "$gt"
  | "$gte"
  | "$lt"
  | "$lte"
  | "$startsWith"
  | "$contains"
  | "$hasSome"
  | "$hasAll";

/** One comparison. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: unknown;
}

/** What a builder has composed. */
export interface Query {
  readonly conditions: readonly Condition[];
  readonly sort: readonly { readonly field: string; readonly order: "asc" | "desc" }[];
  readonly skip: number;
  readonly limit: number;
}

/** Runs a composed query. */
export type RunQuery<Item> = (query: Query, options: CallOptions) => Promise<QueryResult<Item>>;

const EVERYTHING: Query = { conditions: [], sort: [], skip: 0, limit: 50 };

/** @param run sends the query that `find` was called on */
export function createQueryBuilder<Item, Fields extends QueryFields>(
  run: RunQuery<Item>,
  query: Query = EVERYTHING,
): QueryBuilder<Item, Fields> {
  const having = (change: Partial<Query>): QueryBuilder<Item, Fields> =>
    createQueryBuilder(run, { ...query, ...change });
  const where =
    (operator: Operator) =>
    (field: string, value: unknown): QueryBuilder<Item, Fields> =>
      // JSON would leave undefined out, and with it the condition.
      having({ conditions: [...query.conditions, { field, operator, value: value ?? null }] });
  const sorted = (order: "asc" | "desc", fields: readonly string[]): QueryBuilder<Item, Fields> =>
    having({ sort: [...query.sort, ...fields.map((field) => ({ field, order }))] });
  return Object.freeze({
    eq: where("$eq"),
    ne: where("$ne"),
    gt: where("$gt"),
    ge: where("$gte"),
    lt: where("$lt"),
    le: where("$lte"),
    startsWith: where("$startsWith"),
    contains: where("$contains"),
    hasSome: where("$hasSome"),
    hasAll: where("$hasAll"),
    ascending: (...fields) => sorted("asc", fields),
    descending: (...fields) => sorted("desc", fields),
    skip: (count) => having({ skip: wholeNumber("skip", count, 0) }),
    limit: (count) => having({ limit: wholeNumber("limit", count, 1) }),
    find: (options = {}) => run(query, options),
  } satisfies QueryBuilder<Item, Fields>);
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new TypeError(`${name} takes a whole number of at least ${least}.`);
}
