import { type Cache, createCache } from "../../cache/index.ts";
import { unknownTables } from "./statement-tables.ts";

const maxEntries = 50_000;
const maxBytes = 64 * 1_024 * 1_024;
/** A larger result is not cached, so that one app with large rows cannot replace the rows of many others. */
const maxResultBytes = 8 * 1_024;
/** What an entry takes beside the text of its key and its rows. */
const entryBytes = 500;

type Row = Readonly<Record<string, unknown>>;
type Read = (parameters: readonly unknown[]) => readonly Row[];

/** A read whose rows are cached. */
interface Source {
  readonly tables: ReadonlySet<string>;
  /** Rises with each commit that changes one of the tables. */
  version: number;
}

/**
 * Rows of reads by their parameters, until a commit changes a table that they come from. When the cache is full, the rows
 * that were not used for the longest time are dropped.
 *
 * The rows are exact: one process owns the file, one connection writes to it, and a read and a commit with its
 * {@link RowCache.drop} both end in the turn of the event loop in which they begin.
 */
export class RowCache {
  readonly #sources: Source[] = [];
  readonly #entries: Cache<string, { rows: readonly Row[]; version: number; bytes: number }> = createCache({
    maxEntries,
    bytes: { max: maxBytes, sizeOf: ({ bytes }) => bytes },
  });

  /**
   * Wraps `read`, which must be synchronous, with a cache.
   *
   * @param tables the tables that it reads
   * @param isCached which rows are cached; an empty result is not
   */
  wrap(tables: ReadonlySet<string>, read: Read, isCached: (row: unknown) => boolean): Read {
    const source: Source = { tables, version: 0 };
    const number = this.#sources.push(source);
    return (parameters) => {
      const key = `${number}${JSON.stringify(parameters)}`;
      const entry = this.#entries.get(key);
      if (entry?.version === source.version) return entry.rows;
      // The rows of node:sqlite take twice the memory of plain objects.
      const rows = read(parameters).map((row) => ({ ...row }));
      const bytes = entryBytes + key.length + JSON.stringify(rows).length;
      if (rows.length > 0 && bytes <= maxResultBytes && rows.every(isCached)) {
        this.#entries.set(key, { rows, version: source.version, bytes });
      }
      return rows;
    };
  }

  /** Drops the rows of reads from one of the tables. Called in the turn of the event loop that commits the change. */
  drop(changed: ReadonlySet<string>): void {
    for (const source of this.#sources) {
      const tables = [...source.tables];
      const unknown = changed.has(unknownTables) || source.tables.has(unknownTables);
      if (unknown || tables.some((table) => changed.has(table))) source.version += 1;
    }
  }
}
