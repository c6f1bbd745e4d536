import type { ColumnField, FieldSet } from "./fields.ts";

/**
 * A kind of documents that queries can ask for: a table with `site_id`, `document` and the columns that its fields
 * name. A new kind is one such entry; parsing, SQL and paging are the same for all.
 */
export interface Entity {
  readonly table: string;
  /** The column that names a row within its site. */
  readonly key: string;
  readonly fields: FieldSet;
  /** A unique field: alone the default order, and the end of every other. */
  readonly tieBreaker: ColumnField;
}
