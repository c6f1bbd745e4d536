import { type RawBuilder, sql } from "kysely";
import type { Write } from "./database.ts";

/** The last use of an instance, a secret or an API key. */
export interface Use {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The app of an instance, whose instances are listed by their last use. */
  readonly appId?: string;
}

export async function storeUses(trx: Write, uses: readonly Use[]): Promise<void> {
  await trx
    .insertInto("last_uses")
    .values(uses.map(({ appId = null, at, id }) => ({ id, used_at: at, app_id: appId })))
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((eb) => ({ used_at: eb.ref("excluded.used_at") })),
    )
    .execute();
}

/** Selects when the row with the id in `column` was last used. */
export function lastUse(column: string): RawBuilder<number | null> {
  return sql`(select used_at from last_uses where id = ${sql.ref(column)})`;
}
