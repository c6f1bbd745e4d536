import { sql } from "kysely";
import { monotonicSeconds } from "../clock/index.ts";
import type { Database } from "./database.ts";

export interface DatabaseHealth {
  readonly engine: Database["engine"];
  /** Duration of the smallest query, in milliseconds. */
  readonly latencyMs: number;
  /** On SQLite, without the write-ahead log. */
  readonly sizeBytes: number;
  /** Connections and queries of this process that failed because the database was unavailable. */
  readonly failures: number;
}

export async function readDatabaseHealth({ engine, read, usage }: Database): Promise<DatabaseHealth> {
  const start = monotonicSeconds();
  await sql`select 1`.execute(read);
  const latencyMs = Math.round((monotonicSeconds() - start) * 100_000) / 100;
  const size =
    engine === "sqlite"
      ? sql<{
          bytes: number;
        }>`select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()`
      : sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`;
  const { rows } = await size.execute(read);
  return { engine, latencyMs, sizeBytes: rows[0]?.bytes ?? 0, failures: usage().failures };
}
