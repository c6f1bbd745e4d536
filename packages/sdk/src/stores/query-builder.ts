import type { CallOptions } from "../api-call.ts";
import { wireFieldName } from "../field-names.ts";
import { bothOf, eitherOf, type Filter, matchAll, oppositeOf } from "./query-filter.ts";
import type { QueryResult } from "./query-result.ts";

/** The fields that a query can use, by operation, with the types of their values. */
export interface QueryFields {
  readonly equality: object;
  readonly order: object;
  /** Fields with `startsWith`. */
  readonly start: object;
  /** Fields with text search. */
  readonly text: object;
  readonly list: object;
  readonly sort: string;
}

/** The name of a field of a group. */
type Field<Group> = Extract<keyof Group, string>;

/** Values as separate arguments or as an array. */
type Values<Value> = readonly Value[] | readonly [readonly Value[]];

/** Builds a query. Each method returns a new builder, so builders can be reused. Conditions are combined with "and". */
export interface QueryBuilder<Item, Fields extends QueryFields> {
  /** The query so far. */
  readonly query: Query;
  eq<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  ne<F extends Field<Fields["equality"]>>(field: F, value: Fields["equality"][F]): QueryBuilder<Item, Fields>;
  gt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  ge<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  lt<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  le<F extends Field<Fields["order"]>>(field: F, value: Fields["order"][F]): QueryBuilder<Item, Fields>;
  /** Matches values of at least `from` and less than `to`. */
  between<F extends Field<Fields["order"]>>(
    field: F,
    from: Fields["order"][F],
    to: Fields["order"][F],
  ): QueryBuilder<Item, Fields>;
  startsWith(field: Field<Fields["start"]>, value: string): QueryBuilder<Item, Fields>;
  endsWith(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  contains(field: Field<Fields["text"]>, value: string): QueryBuilder<Item, Fields>;
  /** Matches any of the values. */
  in<F extends Field<Fields["equality"]>>(
    field: F,
    values: readonly Fields["equality"][F][],
  ): QueryBuilder<Item, Fields>;
  /** Matches any of the values. A list field matches when it contains one of them. */
  hasSome<F extends Field<Fields["equality"]>>(
    field: F,
    ...values: Values<Fields["equality"][F]>
  ): QueryBuilder<Item, Fields>;
  hasAll<F extends Field<Fields["list"]>>(
    field: F,
    ...values: Values<Fields["list"][F]>
  ): QueryBuilder<Item, Fields>;
  /**
   * Matches items that have the field.
   *
   * @param value false matches items without the field. Default: true
   */
  exists(field: Field<Fields["equality"]>, value?: boolean): QueryBuilder<Item, Fields>;
  isEmpty(field: Field<Fields["equality"]>): QueryBuilder<Item, Fields>;
  isNotEmpty(field: Field<Fields["equality"]>): QueryBuilder<Item, Fields>;
  /** Matches items that satisfy this query and the other. Sorting and paging of the other query are ignored. */
  and(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
  /** Matches items that satisfy this query or the other. Sorting and paging of the other query are ignored. */
  or(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
  /**
   * Matches items that do not satisfy the other query. This replaces all earlier conditions. Sorting and paging of
   * the other query are ignored.
   */
  not(other: QueryBuilder<Item, Fields>): QueryBuilder<Item, Fields>;
  ascending(...fields: readonly Fields["sort"][]): QueryBuilder<Item, Fields>;
  descending(...fields: readonly Fields["sort"][]): QueryBuilder<Item, Fields>;
  /**
   * Skips items at the start.
   *
   * @param count the number of items. Default: 0
   */
  skip(count: number): QueryBuilder<Item, Fields>;
  /**
   * Sets the page size.
   *
   * @param count the number of items, 1 to 100. Default: 50
   */
  limit(count: number): QueryBuilder<Item, Fields>;
  /**
   * Gets the first page.
   *
   * @throws {LatchkeyError} `validation_failed`, `permission_denied`, and other errors of API calls
   */
  find(options?: CallOptions): Promise<QueryResult<Item>>;
}

/** A query in the wire format. */
export interface Query {
  readonly filter: Filter;
  readonly sort: readonly { readonly fieldName: string; readonly order: "ASC" | "DESC" }[];
  readonly paging: { readonly limit: number; readonly offset: number };
}

/** Runs a query. */
export type RunQuery<Item> = (query: Query, options: CallOptions) => Promise<QueryResult<Item>>;

const firstPage: Query = { filter: matchAll, sort: [], paging: { limit: 50, offset: 0 } };

/**
 * Creates a query builder.
 *
 * @param run sends the query when `find` is called
 */
export function createQueryBuilder<Item, Fields extends QueryFields>(
  run: RunQuery<Item>,
  query: Query = firstPage,
): QueryBuilder<Item, Fields> {
  type Builder = QueryBuilder<Item, Fields>;
  const having = (change: Partial<Query>): Builder => createQueryBuilder(run, { ...query, ...change });
  const where = (field: string, condition: Filter): Builder =>
    having({ filter: bothOf(query.filter, { [wireFieldName(field)]: condition }) });
  // Every value gets an operator, so that an object from outside is not read as an operator. A missing value becomes
  // null, because JSON would drop the condition.
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
  throw new TypeError(`${name} must be an integer of at least ${least}.`);
}
