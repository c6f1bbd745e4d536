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

const membership: readonly Operator[] = ["$eq", "$ne", "$in", "$nin", "$hasSome"];
const presence: readonly Operator[] = ["$exists", "$isEmpty"];
const order: readonly Operator[] = ["$lt", "$lte", "$gt", "$gte"];

/** The operators that a field accepts, by the type of its values. */
export const operatorsFor: Readonly<
  Record<"enums" | "ids" | "numbers" | "text" | "lists", readonly Operator[]>
> = {
  enums: [...membership, ...presence],
  ids: [...membership, ...order, "$startsWith", ...presence],
  numbers: [...membership, ...order, ...presence],
  text: [...membership, "$contains", "$startsWith", "$endsWith", ...order, ...presence],
  lists: [...membership, "$hasAll", ...presence],
};

interface FieldRules {
  /** The name in error messages. */
  readonly name: string;
  readonly kind: ValueKind;
  readonly operators: readonly Operator[];
}

/** A field with one value, stored in a column of the entity's own table. */
export interface ColumnField extends FieldRules {
  readonly type: "column";
  readonly column: string;
  /** The column for case-insensitive search, with text in the form of `fold`. Default: `column`. */
  readonly folded?: string;
  /** Whether a query may sort by it. */
  readonly sortable: boolean;
  /** Whether the value is unique within a site, so that sorting by it needs no tie-breaker. */
  readonly unique?: boolean;
}

/** A field with several values. Each value is a row of another table, with the site and the key of the entity. */
export interface ListField extends FieldRules {
  readonly type: "list";
  readonly table: string;
  /** The key column of the entity, which `table` has under the same name. */
  readonly key: string;
  readonly column: string;
  /** Selects the rows in which `column` has `value`. */
  readonly where?: { readonly column: string; readonly value: string };
  /** A table of deleted values, by site and `column`, whose rows in `table` do not count. */
  readonly deleted?: string;
  /** A value that every entity has, although `table` has no row for it. */
  readonly impliedValue?: string;
}

/** A field that a filter can name. */
export type Field = ColumnField | ListField;

/** The fields of one entity. */
export interface FieldSet {
  /** The names in error messages. */
  readonly names: readonly string[];
  /** Finds the field with the name that a client sent. */
  find(name: string): Field | undefined;
}

/** A kind of document that can be queried: a table with `site_id`, `document` and the columns of its fields. */
export interface Entity {
  readonly table: string;
  /** The column that identifies a row within its site. */
  readonly key: string;
  readonly fields: FieldSet;
  /** A unique field: the default order, and the last key of every other order. */
  readonly tieBreaker: ColumnField;
}

/** A column field, sortable by default. */
export function column(
  name: string,
  field: Omit<ColumnField, "type" | "name" | "sortable"> & { readonly sortable?: false },
): ColumnField {
  return { type: "column", name, sortable: true, ...field };
}

/** Names of fields besides their own. */
export interface OtherNames {
  /** The field's name by its alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The name of dynamic fields in error messages. */
  readonly dynamicName?: string;
  /** Returns the field for a dynamic name. */
  findDynamic?(name: string): Field | undefined;
}

export function fieldSet(fields: readonly Field[], other: OtherNames): FieldSet {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const names = [...byName.keys()];
  const aliases = new Map(Object.entries(other.aliases));
  return {
    names: other.dynamicName === undefined ? names : [...names, other.dynamicName],
    find: (name) => byName.get(aliases.get(name) ?? name) ?? other.findDynamic?.(name),
  };
}
