import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { ColumnField, ListField } from "../fields.ts";
import type { Filter, Test } from "../filter.ts";
import { fold } from "../fold.ts";
import type { Scalar } from "../value-kinds.ts";

type Condition = RawBuilder<SqlBool>;

const always: Condition = sql`1 = 1`;
const never: Condition = sql`1 = 0`;

const comparisons = {
  $eq: sql`=`,
  $ne: sql`<>`,
  $lt: sql`<`,
  $lte: sql`<=`,
  $gt: sql`>`,
  $gte: sql`>=`,
} as const;

/** The SQL of a filter, for both databases. Its columns are never NULL, so `$not` is always the opposite. */
export function filterCondition(filter: Filter, siteId: string): Condition {
  switch (filter.type) {
    case "test":
      return filter.field.type === "column"
        ? columnCondition(filter.field, filter.test)
        : listCondition(filter.field, filter.test, siteId);
    case "not":
      return sql`not (${filterCondition(filter.filter, siteId)})`;
    default: {
      const parts = filter.filters.map((part) => filterCondition(part, siteId));
      return parts.length === 0
        ? always
        : sql`(${sql.join(parts, filter.type === "and" ? sql` and ` : sql` or `)})`;
    }
  }
}

function columnCondition(field: ColumnField, test: Test): Condition {
  const column = sql.ref(field.column);
  const folded = sql.ref(field.folded ?? field.column);
  switch (test.operator) {
    case "empty":
      return field.kind.empty === undefined ? never : sql`${column} = ${field.kind.empty}`;
    case "$hasSome":
      return test.values.length === 0 ? never : sql`${column} in (${sql.join(test.values)})`;
    case "$hasAll":
      return test.values.length === 0
        ? always
        : sql`(${sql.join(
            test.values.map((value) => sql`${column} = ${value}`),
            sql` and `,
          )})`;
    case "$contains":
      return contains(folded, fold(String(test.value)));
    case "$endsWith":
      return endsWith(folded, fold(String(test.value)));
    case "$startsWith":
      return startsWith(folded, fold(String(test.value)));
    default:
      return sql`${column} ${comparisons[test.operator]} ${test.value}`;
  }
}

/** The subqueries are not correlated: a planner can start with their rows, or look up each row in their result. */
function listCondition(field: ListField, test: Test, siteId: string): Condition {
  const column = sql.ref(field.column);
  const { deleted, where } = field;
  const ofField = where === undefined ? always : sql`${sql.ref(where.column)} = ${where.value}`;
  const exists =
    deleted === undefined
      ? always
      : sql`${column} not in (select ${column} from ${sql.table(deleted)} where site_id = ${siteId})`;
  const keys = (condition: Condition): RawBuilder<unknown> =>
    sql`select ${sql.ref(field.key)} from ${sql.table(field.table)}
      where site_id = ${siteId} and ${ofField} and ${exists} and ${condition}`;
  const within = (subquery: RawBuilder<unknown>): Condition => sql`${sql.ref(field.key)} in (${subquery})`;
  const some = (values: readonly Scalar[]): Condition => {
    if (field.impliedValue !== undefined && values.includes(field.impliedValue)) return always;
    return values.length === 0 ? never : within(keys(sql`${column} in (${sql.join(values)})`));
  };
  switch (test.operator) {
    case "empty":
      return sql`not (${within(keys(always))})`;
    case "$eq":
      return some([test.value]);
    case "$ne":
      return sql`not (${some([test.value])})`;
    case "$hasSome":
      return some(test.values);
    case "$hasAll": {
      const values = test.values.filter((value) => value !== field.impliedValue);
      if (values.length === 0) return always;
      // Each part reads its rows from the index in order.
      const parts = values.map((value) => keys(sql`${column} = ${value}`));
      return within(sql.join(parts, sql` intersect `));
    }
    default:
      throw new TypeError(`${test.operator} does not apply to a field with several values.`);
  }
}

// LIKE tries the whole pattern at every position, which costs a hundred times more for text and patterns of equal letters.
function contains(column: RawBuilder<unknown>, part: string): Condition {
  return part === "" ? always : sql`replace(${column}, ${part}, '') <> ${column}`;
}

function endsWith(column: RawBuilder<unknown>, end: string): Condition {
  return sql`substr(${column}, length(${column}) - ${[...end].length} + 1) = ${end}`;
}

/** A range that an index can search. Both databases order these columns by bytes, and so by code points. */
function startsWith(column: RawBuilder<unknown>, prefix: string): Condition {
  const end = firstAfter(prefix);
  return end === undefined
    ? sql`${column} >= ${prefix}`
    : sql`(${column} >= ${prefix} and ${column} < ${end})`;
}

const lastCodePoint = 0x10_ff_ff;

/** The first text after all texts that start with `prefix`; undefined if there is none. */
function firstAfter(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates cannot be encoded in UTF-8.
  return String.fromCodePoint(...points, last === 0xd7_ff ? 0xe0_00 : last + 1);
}
