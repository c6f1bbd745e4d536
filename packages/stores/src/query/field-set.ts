import type { ColumnField, Field, FieldSet, Operator } from "./fields.ts";

const membership: readonly Operator[] = ["$eq", "$ne", "$in", "$nin", "$hasSome"];
const presence: readonly Operator[] = ["$exists", "$isEmpty"];
const order: readonly Operator[] = ["$lt", "$lte", "$gt", "$gte"];

/** What can be asked of the values of a field, by what they are. */
export const operatorsFor: Readonly<
  Record<"words" | "ids" | "numbers" | "text" | "lists", readonly Operator[]>
> = {
  words: [...membership, ...presence],
  ids: [...membership, ...order, "$startsWith", ...presence],
  numbers: [...membership, ...order, ...presence],
  text: [...membership, "$contains", "$startsWith", "$endsWith", ...order, ...presence],
  lists: [...membership, "$hasAll", ...presence],
};

/** A field with one value that can be sorted by, unless it says otherwise. */
export function column(
  name: string,
  field: Omit<ColumnField, "type" | "name" | "sortable"> & { readonly sortable?: false },
): ColumnField {
  return { type: "column", name, sortable: true, ...field };
}

/** How the fields of a set can be named besides by their own names. */
export interface OtherNames {
  /** Other spellings of a field's name. */
  readonly aliases: Readonly<Record<string, string>>;
  /** How refusals name the fields that `find` makes. */
  readonly made?: string;
  /** Makes a field of a name that is not fixed. */
  find?(name: string): Field | undefined;
}

/** Everything that one kind of documents can be filtered and sorted by. */
export function fieldSet(fields: readonly Field[], other: OtherNames): FieldSet {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const names = [...byName.keys()];
  const aliases = new Map(Object.entries(other.aliases));
  return {
    names: other.made === undefined ? names : [...names, other.made],
    find: (name) => byName.get(aliases.get(name) ?? name) ?? other.find?.(name),
  };
}
