import type { Write } from "../infrastructure/database/index.ts";

/** Inserts the row of the platform if it does not exist. */
export async function insertPlatform(
  trx: Write,
  { keyCheck, now }: { keyCheck: string; now: number },
): Promise<void> {
  await trx
    .insertInto("platform")
    .values({ id: 1, gen: 1, key_check: keyCheck, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Locks the row of the platform, so that one process at a time continues. */
export async function lockPlatform(trx: Write): Promise<void> {
  await trx.selectFrom("platform").select("id").forUpdate().execute();
}

export async function readKeyCheck(trx: Write): Promise<string> {
  return (await trx.selectFrom("platform").select("key_check").executeTakeFirstOrThrow()).key_check;
}

export async function updateKeyCheck(trx: Write, keyCheck: string): Promise<void> {
  await trx.updateTable("platform").set({ key_check: keyCheck }).execute();
}
