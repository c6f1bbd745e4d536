import { type RawBuilder, sql } from "kysely";
import type { Write } from "./database.ts";

/** When an instance, a secret or an API key was last used, in epoch milliseconds. */
export type Use = readonly [id: string, at: number];

export async function storeUses(trx: Write, uses: readonly Use[]): Promise<void> {
  await trx
    .insertInto("last_uses")
    .values(uses.map(([id, used_at]) => ({ id, used_at })))
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({ used_at: eb.ref("excluded.used_at") })),
    )
    .execute();
}

/** Selects when the row with the id in `column` was last used. */
export function lastUse(column: string): RawBuilder<number | null> {
  return sql`(select used_at from last_uses where id = ${sql.ref(column)})`;
}
