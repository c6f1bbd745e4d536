import type { ValueKind } from "./value-kinds.ts";

/** Operators of the filter language (*wire §8.6*), in all forms of a query. */
export const operators = [
  "$eq",
  "$ne",
  "$in",
  "$nin",
  "$hasSome",
  "$hasAll",
  "$contains",
  "$startsWith",
  "$endsWith",
  "$lt",
  "$lte",
  "$gt",
  "$gte",
  "$exists",
  "$isEmpty",
] as const;

export type Operator = (typeof operators)[number];

interface FieldRules {
  /** How refusals name it. */
  readonly name: string;
  readonly kind: ValueKind;
  readonly operators: readonly Operator[];
}

/** A field with one value, held in a column of the entity's own table. */
export interface ColumnField extends FieldRules {
  readonly type: "column";
  readonly column: string;
  /** The column that parts of a text are looked for in, in the form that `fold` makes; default: `column` itself. */
  readonly folded?: string;
  /** Whether a query may sort by it. */
  readonly sortable: boolean;
  /** No two rows of a site share a value, so that sorting by it needs no tie-breaker. */
  readonly unique?: boolean;
}

/** A field with any number of values, each a row of another table that names the site and the entity. */
export interface MembersField extends FieldRules {
  readonly type: "members";
  readonly table: string;
  /** The entity's own key and the column of `table` that repeats it. */
  readonly key: string;
  readonly column: string;
  /** Takes only the rows in which `column` has `value`. */
  readonly only?: { readonly column: string; readonly value: string };
  /** A value that every entity has without a row. */
  readonly always?: string;
}

/** What a filter can ask about. */
export type Field = ColumnField | MembersField;

/** What one entity can be filtered and sorted by. */
export interface FieldSet {
  /** The names that refusals list. */
  readonly names: readonly string[];
  /** The field of a name that a caller wrote. */
  find(name: string): Field | undefined;
}
