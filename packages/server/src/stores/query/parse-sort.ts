import type { ColumnField, FieldSet } from "./fields.ts";
import { readJsonText } from "./json-text.ts";
import { isObject, tooMany, violation } from "./violation.ts";

/** One column of an order. */
export interface SortKey {
  readonly column: string;
  readonly direction: "asc" | "desc";
}

const maxKeys = 5;
const path = "query.sort";

/**
 * Reads a sort of the REST form, `[{"price": "desc"}, {"name": "asc"}]`, or one such object alone. The order always
 * ends with a unique column, so that pages neither repeat nor miss a row; `tieBreaker` is that column, and alone it is
 * the default order.
 */
export function parseSort(input: unknown, fields: FieldSet, tieBreaker: ColumnField): SortKey[] {
  const value = readJsonText(input, path) ?? [];
  const items = Array.isArray(value) ? value : [value];
  const entries = items.flatMap((item) => {
    if (isObject(item)) return Object.entries(item);
    throw violation(path, { violatedRule: "FORMAT" }, 'must be a list such as [{"price": "desc"}]');
  });
  if (entries.length > maxKeys) throw tooMany(path, maxKeys, "fields");
  const named = entries.map(([name, direction]) => {
    const field = sortableField(fields, name);
    return {
      field,
      key: { column: field.column, direction: readDirection(direction, `${path}.${field.name}`) },
    };
  });
  const keys = named.map(({ key }) => key);
  // Nothing behind a unique column decides anything.
  const unique = named.findIndex(({ field }) => field.unique);
  if (unique !== -1) return keys.slice(0, unique + 1);
  // In the direction of the last key an index that ends with the tie-breaker can be read either way.
  return [...keys, { column: tieBreaker.column, direction: keys.at(-1)?.direction ?? "asc" }];
}

function sortableField(fields: FieldSet, name: string): ColumnField {
  const field = fields.find(name);
  if (field?.type === "column" && field.sortable) return field;
  const names = fields.names.filter((known) => {
    const candidate = fields.find(known);
    return candidate?.type === "column" && candidate.sortable;
  });
  throw violation(
    path,
    { violatedRule: "INVALID_ENUM_VALUE" },
    `names a field that is none of ${names.join(", ")}`,
  );
}

function readDirection(value: unknown, at: string): "asc" | "desc" {
  const direction = typeof value === "string" ? value.toLowerCase() : undefined;
  if (direction === "asc" || direction === "desc") return direction;
  throw violation(at, { violatedRule: "INVALID_ENUM_VALUE" }, "must be asc or desc");
}
