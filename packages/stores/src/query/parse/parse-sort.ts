import type { ColumnField, Entity, FieldSet } from "../fields.ts";
import { isObject, tooMany, unknownField, violation } from "../violation.ts";
import { parseJsonValue } from "./parse-json-value.ts";

/** One column of a sort order. */
export interface SortKey {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

const maxKeys = 5;
const path = "query.sort";
const shapes = 'must be a list such as [{"price": "desc"}] or [{"fieldName": "price", "order": "DESC"}]';

/**
 * Parses a sort (*wire §8.3, §8.6*): `[{"price": "desc"}]`, one such object, or `[{"fieldName": "price", "order": "DESC"}]`.
 * The last column is always unique, so that pages neither repeat nor miss a row.
 */
export function parseSort(input: unknown, { fields, tieBreaker }: Entity): SortKey[] {
  const value = parseJsonValue(input, path) ?? [];
  const items = Array.isArray(value) ? value : [value];
  const entries = items.flatMap(readItem);
  if (entries.length > maxKeys) throw tooMany(path, maxKeys, "fields");
  const keys: SortKey[] = [];
  for (const [name, direction] of entries) {
    const field = sortableField(fields, name);
    keys.push({ column: field.column, direction: readDirection(direction, `${path}.${field.name}`) });
  }
  // A unique column decides the order; later columns have no effect.
  const unique = entries.findIndex(([name]) => sortableField(fields, name).unique);
  if (unique !== -1) return keys.slice(0, unique + 1);
  // The tie-breaker has the direction of the last key, so that one index serves ascending and descending sorts.
  return [...keys, { column: tieBreaker.column, direction: keys.at(-1)?.direction ?? "asc" }];
}

/** Returns names of fields and their directions, as they were sent. */
function readItem(item: unknown): [name: string, direction: unknown][] {
  if (!isObject(item)) throw violation(path, "FORMAT", shapes);
  if (!Object.hasOwn(item, "fieldName")) return Object.entries(item);
  // The documentation of the client also calls `order` `direction`.
  const { fieldName, order, direction, ...rest } = item;
  if (typeof fieldName !== "string" || Object.keys(rest).length > 0) throw violation(path, "FORMAT", shapes);
  return [[fieldName, order ?? direction ?? "ASC"]];
}

function sortableField(fields: FieldSet, name: string): ColumnField {
  const field = fields.find(name);
  if (field?.type === "column" && field.sortable) return field;
  const names = fields.names.filter((known) => {
    const candidate = fields.find(known);
    return candidate?.type === "column" && candidate.sortable;
  });
  throw unknownField(path, name, names);
}

function readDirection(value: unknown, at: string): SortKey["direction"] {
  const direction = typeof value === "string" ? value.toLowerCase() : undefined;
  if (direction === "asc" || direction === "desc") return direction;
  throw violation(at, "INVALID_ENUM_VALUE", "must be asc or desc");
}
