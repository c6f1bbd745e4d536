import { sql } from "kysely";
import { OperatorError } from "../../errors/index.ts";
import type { Database, Queries } from "../database.ts";

/** A setting of every connection. A pooler that drops the settings of its clients drops this one too. */
export const sessionMarker = "-c latchkey.session=kept";

/**
 * Throws `connection_pooler` when a pooler between the server and PostgreSQL shares sessions among connections, or drops
 * their settings. Prepared statements, the schema and timeouts need sessions of their own.
 */
export async function requireSessions({ engine, read }: Database): Promise<void> {
  if (engine === "sqlite") return;
  await read.connection().execute(async (one) => {
    const first = await readSession(one);
    if (first.marker !== "kept") throw new OperatorError("connection_pooler");
    // While another connection is in a transaction, a pooler cannot give its session to this one.
    const [other, again] = await read
      .transaction()
      .execute(async (trx) => [await readSession(trx), await readSession(one)] as const);
    if (other.pid === first.pid || again.pid !== first.pid) throw new OperatorError("connection_pooler");
  });
}

async function readSession(db: Queries): Promise<{ pid: number; marker: string | null }> {
  const { rows } = await sql<{ pid: number; marker: string | null }>`
    select pg_backend_pid() as pid, current_setting('latchkey.session', true) as marker`.execute(db);
  return rows[0] ?? { pid: 0, marker: null };
}
