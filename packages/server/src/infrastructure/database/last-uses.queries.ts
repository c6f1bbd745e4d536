import { type RawBuilder, sql } from "kysely";
import type { Queries, Write } from "./database.ts";

/** Uses of an instance, a secret, an API key or a page. */
export interface Use {
  readonly id: string;
  /** The last one, in epoch milliseconds. */
  readonly at: number;
  /** How many; 0 for API keys, whose uses are not counted. */
  readonly count: number;
  /** The app of an instance, whose instances are listed by their last use. */
  readonly appId?: string;
}

export async function storeUses(trx: Write, uses: readonly Use[]): Promise<void> {
  await trx
    .insertInto("last_uses")
    .values(uses.map(({ appId = null, at, count, id }) => ({ id, used_at: at, app_id: appId, uses: count })))
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({
        used_at: eb.ref("excluded.used_at"),
        uses: eb("last_uses.uses", "+", eb.ref("excluded.uses")),
      })),
    )
    .execute();
}

/** Reads the uses of a row; undefined when it was never used. */
export async function readUse(db: Queries, id: string): Promise<Omit<Use, "appId"> | undefined> {
  return await selectUses(db).where("id", "=", id).executeTakeFirst();
}

/** Reads the uses of up to 100 rows whose ids begin with `prefix` and a space. */
export async function listUses(db: Queries, prefix: string): Promise<Omit<Use, "appId">[]> {
  const uses = selectUses(db).where("id", ">=", `${prefix} `).where("id", "<", `${prefix}!`);
  return await uses.orderBy("id").limit(100).execute();
}

function selectUses(db: Queries) {
  return db.selectFrom("last_uses").select(["id", "used_at as at", "uses as count"]);
}

/** Selects when the row with the id in `column` was last used. */
export function lastUse(column: string): RawBuilder<number | null> {
  return sql`(select used_at from last_uses where id = ${sql.ref(column)})`;
}
