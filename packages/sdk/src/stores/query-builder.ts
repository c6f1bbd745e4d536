import type { CallOptions } from "../api-call.ts";
import { wireFieldName } from "../field-names.ts";
import { bothOf, eitherOf, type Filter, matchAll, oppositeOf } from "./query-filter.ts";
import type { QueryResult } from "./query-result.ts";

/** The fields that a query may name, by what can be done with them, each with the type of its values. */
export interface QueryFields {
  readonly equality: object;
  readonly order: object;
  /** What can be compared by its beginning. */
  readonly start: object;
  /** What can be searched. */
  readonly text: object;
  readonly list: object;
  readonly sort: string;
}

/** A field of one of those groups. */
type Field<Group> = Extract<keyof Group, string>;

/** Several values, one by one or as a list. */
type Values<Value> = readonly Value[] | readonly [readonly Value[]];

/**
 * Composes a query; each method returns a new builder, so that one may be kept and varied.
 * Several conditions hold together.
 */
export interface QueryBuilder<Item, Fields extends QueryFields> {
  /** What was composed so far. */
  readonly query: Query;
  eq<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  ne<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  gt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  ge<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  lt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  le<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  /** At least `from` and less than `to`. */
  between<F extends Field<Fields["order"]>>(
    field: F,
    from: Fields["order"][F],
    to: Fields["order"][F],
  ): QueryBuilder<Item, Fields>;
  startsWith(field: Field<Fields["start"]>, value: string): QueryBuilder<Item, Fields>;
  endsWith(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  contains(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  /** Equal to one of the values. */
  in<F extends Field<Fields["equality"]>>(
    field: F,
    values: readonly Fields["equality"][F][],
  ): QueryBuilder<Item, Fields>;
  /** Equal to one of the values, or for a list: has one of them. */
  hasSome<F extends Field<Fields["equality"]>>(
    field: F,
    ...values: Values<Fields["equality"][F]>
  ): QueryBuilder<Item, Fields>;
  hasAll<F extends Field<Fields["list"]>>(
    field: F,
    ...values: Values<Fields["list"][F]>
  ): QueryBuilder<Item, Fields>;
  /** @param value false for items without the field. Default: true */
  exists(field: Field<Fields["equality"]>, value?: boolean): QueryBuilder<Item, Fields>;
  isEmpty(field: Field<Fields["equality"]>): QueryBuilder<Item, Fields>;
  isNotEmpty(field: Field<Fields["equality"]>): QueryBuilder<Item, Fields>;
  /** What this builder and the other ask for; only their conditions count. */
  and(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
  /** What this builder or the other asks for; only their conditions count. */
  or(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
  /** What the other does not ask for, in place of all conditions before. */
  not(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
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

/** A query as the wire has it. */
export interface Query {
  readonly filter: Filter;
  readonly sort: readonly { readonly fieldName: string; readonly order: "ASC" | "DESC" }[];
  readonly paging: { readonly limit: number; readonly offset: number };
}

/** Runs a composed query. */
export type RunQuery<Item> = (query: Query, options: CallOptions) => Promise<QueryResult<Item>>;

const firstPage: Query = { filter: matchAll, sort: [], paging: { limit: 50, offset: 0 } };

/** @param run sends the query that `find` was called on */
export function createQueryBuilder<Item, Fields extends QueryFields>(
  run: RunQuery<Item>,
  query: Query = firstPage,
): QueryBuilder<Item, Fields> {
  type Builder = QueryBuilder<Item, Fields>;
  const having = (change: Partial<Query>): Builder => createQueryBuilder(run, { ...query, ...change });
  const where = (field: string, condition: Filter): Builder =>
    having({ filter: bothOf(query.filter, { [wireFieldName(field)]: condition }) });
  // Always with its operator, since a value that came from outside as an object must not become one;
  // and null for what is missing, since JSON would leave the condition out.
  const comparing =
    (operator: string) =>
    (field: string, value: unknown): Builder =>
      where(field, { [operator]: value ?? null });
  const listing =
    (operator: string) =>
    (field: string, ...values: readonly unknown[]): Builder =>
      where(field, { [operator]: Array.isArray(values[0]) ? values[0] : values });
  const sorted = (order: "ASC" | "DESC", fields: readonly string[]): Builder =>
    having({
      sort: [...query.sort, ...fields.map((field) => ({ fieldName: wireFieldName(field), order }))],
    });
  return Object.freeze({
    query,
    eq: comparing("$eq"),
    ne: comparing("$ne"),
    gt: comparing("$gt"),
    ge: comparing("$gte"),
    lt: comparing("$lt"),
    le: comparing("$lte"),
    between: (field, from, to) =>
      having({ filter: between(query.filter, wireFieldName(field), [from ?? null, to ?? null]) }),
    startsWith: comparing("$startsWith"),
    endsWith: comparing("$endsWith"),
    contains: comparing("$contains"),
    in: comparing("$in"),
    hasSome: listing("$hasSome"),
    hasAll: listing("$hasAll"),
    exists: (field, value = true) => where(field, { $exists: value }),
    isEmpty: (field) => where(field, { $eq: null }),
    isNotEmpty: (field) => where(field, { $ne: null }),
    and: (other) => having({ filter: bothOf(query.filter, other.query.filter) }),
    or: (other) => having({ filter: eitherOf(query.filter, other.query.filter) }),
    not: (other) => having({ filter: oppositeOf(other.query.filter) }),
    ascending: (...fields) => sorted("ASC", fields),
    descending: (...fields) => sorted("DESC", fields),
    skip: (count) => having({ paging: { ...query.paging, offset: wholeNumber("skip", count, 0) } }),
    limit: (count) => having({ paging: { ...query.paging, limit: wholeNumber("limit", count, 1) } }),
    find: (options = {}) => run(query, options),
  } satisfies Builder);
}

function between(filter: Filter, field: string, [from, to]: readonly [unknown, unknown]): Filter {
  return bothOf(bothOf(filter, { [field]: { $gte: from } }), { [field]: { $lt: to } });
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new TypeError(`${name} takes a whole number of at least ${least}.`);
}
