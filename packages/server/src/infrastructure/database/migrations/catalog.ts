import { sql } from "kysely";
import type { Database, Write } from "../database.ts";

/** A table, an index, a view or a trigger as the database describes it. */
export interface CatalogEntry {
  readonly name: string;
  /** The table itself, or the table that it belongs to. */
  readonly table: string;
  readonly definition: string;
}

const entries = {
  sqlite: sql<CatalogEntry>`
    select name, tbl_name as "table", coalesce(sql, '') as definition from sqlite_schema`,
  postgres: sql<CatalogEntry>`
    select c.relname as name, coalesce(t.relname, c.relname) as "table",
      c.relkind::text || ' ' || coalesce((
        select string_agg(a.attname || ' ' || a.atttypid || ' ' || a.attnotnull, ',' order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '') as definition
    from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_class t on t.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace`,
};

/** Reads what the database contains, by name. */
export async function readCatalog(
  trx: Write,
  engine: Database["engine"],
): Promise<ReadonlyMap<string, CatalogEntry>> {
  const { rows } = await entries[engine].execute(trx);
  return new Map(rows.map((entry) => [entry.name, entry]));
}

/** The tables of entries that were added, changed or dropped between two readings, sorted. */
export function changedTables(
  before: ReadonlyMap<string, CatalogEntry>,
  after: ReadonlyMap<string, CatalogEntry>,
): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  const changed = [...names].filter((name) => before.get(name)?.definition !== after.get(name)?.definition);
  return [...new Set(changed.map((name) => (after.get(name) ?? before.get(name))?.table ?? name))].sort();
}
