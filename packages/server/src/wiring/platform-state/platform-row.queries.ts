import type { Queries, SecurityState, Write } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";

/** Inserts the row of the platform if it does not exist. */
export async function insertPlatform(
  trx: Write,
  { platformId, keyCheck, now }: { platformId: string; keyCheck: string; now: number },
): Promise<void> {
  await trx
    .insertInto("platform")
    .values({
      id: 1,
      platform_id: platformId,
      gen: 1,
      security_changes: 0,
      key_check: keyCheck,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The platform's id, and how far its database is. */
export interface PlatformState extends SecurityState {
  readonly platformId: string;
}

/** Returns undefined for a database that no server has prepared. */
export async function findPlatform(db: Queries): Promise<PlatformState | undefined> {
  return await db
    .selectFrom("platform")
    .select(["platform_id as platformId", "gen", "security_changes as changes"])
    .executeTakeFirst();
}

/** Throws `no_platform` for a database that no server has prepared. */
export async function readPlatform(db: Queries): Promise<PlatformState> {
  const platform = await findPlatform(db);
  if (platform === undefined) throw new OperatorError("no_platform");
  return platform;
}

/** Locks the row of the platform, so that one process at a time continues. */
export async function lockPlatform(trx: Write): Promise<void> {
  await trx.selectFrom("platform").select("id").forUpdate().execute();
}

export async function updateGeneration(trx: Write, gen: number): Promise<void> {
  await trx.updateTable("platform").set({ gen }).execute();
}

export async function readKeyCheck(trx: Write): Promise<string> {
  return (await trx.selectFrom("platform").select("key_check").executeTakeFirstOrThrow()).key_check;
}

export async function updateKeyCheck(trx: Write, keyCheck: string): Promise<void> {
  await trx.updateTable("platform").set({ key_check: keyCheck }).execute();
}
