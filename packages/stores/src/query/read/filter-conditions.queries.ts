import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { ColumnField, MembersField } from "../fields.ts";
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

/**
 * A filter as SQL that means the same on both databases. No column it names is ever NULL, so that every condition is
 * true or false and `$not` is its opposite.
 */
export function filterCondition(filter: Filter, siteId: string): Condition {
  switch (filter.type) {
    case "test":
      return filter.field.type === "column"
        ? columnTest(filter.field, filter.test)
        : membersTest(filter.field, filter.test, siteId);
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

function columnTest(field: ColumnField, test: Test): Condition {
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

/** Uncorrelated on purpose: a planner can begin with the members, or look each row up in the result. */
function membersTest(field: MembersField, test: Test, siteId: string): Condition {
  const column = sql.ref(field.column);
  const only = field.only === undefined ? always : sql`${sql.ref(field.only.column)} = ${field.only.value}`;
  const keys = (members: Condition): RawBuilder<unknown> =>
    sql`select ${sql.ref(field.key)} from ${sql.table(field.table)}
      where site_id = ${siteId} and ${only} and ${members}`;
  const within = (found: RawBuilder<unknown>): Condition => sql`${sql.ref(field.key)} in (${found})`;
  const some = (values: readonly Scalar[]): Condition => {
    if (field.always !== undefined && values.includes(field.always)) return always;
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
      const values = test.values.filter((value) => value !== field.always);
      if (values.length === 0) return always;
      // Each part comes out of the index in order, and costs no more than its own rows.
      const parts = values.map((value) => keys(sql`${column} = ${value}`));
      return within(sql.join(parts, sql` intersect `));
    }
    default:
      throw new TypeError(`${test.operator} asks nothing of a field with several values.`);
  }
}

// Not LIKE: it tries the whole pattern at every place of the text, which a text and a pattern of many equal letters
// make a hundred times dearer than these, the only ones that both databases have.
function contains(column: RawBuilder<unknown>, part: string): Condition {
  return part === "" ? always : sql`replace(${column}, ${part}, '') <> ${column}`;
}

function endsWith(column: RawBuilder<unknown>, end: string): Condition {
  return sql`substr(${column}, length(${column}) - ${[...end].length} + 1) = ${end}`;
}

/** A range, which an index serves. Both databases order these columns by bytes, and so by code points. */
function startsWith(column: RawBuilder<unknown>, prefix: string): Condition {
  const end = behindAll(prefix);
  return end === undefined
    ? sql`${column} >= ${prefix}`
    : sql`(${column} >= ${prefix} and ${column} < ${end})`;
}

const lastCodePoint = 0x10_ff_ff;

/** The first text that is behind everything that begins with `prefix`; undefined when nothing is. */
function behindAll(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === lastCodePoint) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are no characters and have no UTF-8.
  return String.fromCodePoint(...points, last === 0xd7_ff ? 0xe0_00 : last + 1);
}
