import { sql } from "kysely";
import type {
  InstancesTable,
  LegacyCodesTable,
  LegacyInstallTokensTable,
  LegacyRefreshTokensTable,
  Queries,
  Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";

type Digests = readonly string[];

/** A further token of an account for an app replaces the oldest. */
export async function insertInstallToken(
  trx: Write,
  token: Omit<LegacyInstallTokensTable, "used_at">,
): Promise<void> {
  await trx
    .insertInto("legacy_install_tokens")
    .values({ ...token, used_at: null })
    .execute();
  await deleteOldest(trx, "legacy_install_tokens", { account_id: token.account_id, app_id: token.app_id });
}

export async function findInstallToken(
  db: Queries,
  digests: Digests,
): Promise<LegacyInstallTokensTable | undefined> {
  return await db
    .selectFrom("legacy_install_tokens")
    .selectAll()
    .where("digest", "in", digests)
    .executeTakeFirst();
}

/** Marks an install token as used. Returns false when it is used or expired, or is of another app or account. */
export async function markInstallTokenUsed(
  trx: Write,
  { accountId, appId, digests, now }: { digests: Digests; appId: string; accountId: string; now: number },
): Promise<boolean> {
  const result = await trx
    .updateTable("legacy_install_tokens")
    .set({ used_at: now })
    .where("digest", "in", digests)
    .where("app_id", "=", appId)
    .where("account_id", "=", accountId)
    .where("expires_at", ">", now)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Throws `INSTANCE_NOT_FOUND` when the app has no such instance. */
export async function readInstanceGeneration(
  db: Queries,
  { appId, instanceId }: { appId: string; instanceId: string },
): Promise<number> {
  const instance = await db
    .selectFrom("instances")
    .select("gen")
    .where("instance_id", "=", instanceId)
    .where("app_id", "=", appId)
    .executeTakeFirst();
  if (instance === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
  return instance.gen;
}

/** A further code of an instance replaces the oldest. */
export async function insertCode(
  trx: Write,
  code: Omit<LegacyCodesTable, "used_at" | "refresh_token_id">,
): Promise<void> {
  await trx
    .insertInto("legacy_codes")
    .values({ ...code, used_at: null, refresh_token_id: null })
    .execute();
  await deleteOldest(trx, "legacy_codes", { instance_id: code.instance_id });
}

export async function findCode(db: Queries, digests: Digests): Promise<LegacyCodesTable | undefined> {
  return await db.selectFrom("legacy_codes").selectAll().where("digest", "in", digests).executeTakeFirst();
}

/** Marks a code as used, also one that is expired or is of another app. Returns false when it is used already. */
export async function markCodeUsed(
  trx: Write,
  { digest, now }: { digest: string; now: number },
): Promise<boolean> {
  const result = await trx
    .updateTable("legacy_codes")
    .set({ used_at: now })
    .where("digest", "=", digest)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Records the refresh token that a code produced. */
export async function setProducedToken(
  trx: Write,
  { digest, refreshTokenId }: { digest: string; refreshTokenId: string },
): Promise<void> {
  await trx
    .updateTable("legacy_codes")
    .set({ refresh_token_id: refreshTokenId })
    .where("digest", "=", digest)
    .execute();
}

/** Clears the refresh token in the row of its code. Returns false when another transaction did so. */
export async function takeProducedToken(
  trx: Write,
  { digest, refreshTokenId }: { digest: string; refreshTokenId: string },
): Promise<boolean> {
  const result = await trx
    .updateTable("legacy_codes")
    .set({ refresh_token_id: null })
    .where("digest", "=", digest)
    .where("refresh_token_id", "=", refreshTokenId)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** A further refresh token of an instance replaces the oldest. */
export async function insertRefreshToken(trx: Write, token: LegacyRefreshTokensTable): Promise<void> {
  await trx.insertInto("legacy_refresh_tokens").values(token).execute();
  await deleteOldest(trx, "legacy_refresh_tokens", { instance_id: token.instance_id });
}

/** A refresh token, and the state of its app and its instance now. */
export interface StoredRefreshToken extends LegacyRefreshTokensTable {
  readonly site_id: string;
  readonly state: InstancesTable["state"];
  readonly granted_scopes: string;
  readonly current_instance_gen: number;
  readonly current_app_gen: number;
  readonly enabled: number;
  readonly deleted_at: number | null;
}

export async function findRefreshToken(
  db: Queries,
  digests: Digests,
): Promise<StoredRefreshToken | undefined> {
  return await db
    .selectFrom("legacy_refresh_tokens as r")
    .innerJoin("instances as i", "i.instance_id", "r.instance_id")
    .innerJoin("apps as a", "a.app_id", "r.app_id")
    .selectAll("r")
    .select(["i.site_id", "i.state", "i.granted_scopes", "i.gen as current_instance_gen"])
    .select(["a.gen as current_app_gen", "a.enabled", "a.deleted_at"])
    .where("r.digest", "in", digests)
    .executeTakeFirst();
}

/** Stores the digest under the newest master key, so that a token in use stays valid when older keys go. */
export async function updateRefreshTokenDigest(
  trx: Write,
  { digest, refreshTokenId }: { digest: string; refreshTokenId: string },
): Promise<void> {
  await trx
    .updateTable("legacy_refresh_tokens")
    .set({ digest })
    .where("refresh_token_id", "=", refreshTokenId)
    .execute();
}

export async function deleteRefreshToken(trx: Write, refreshTokenId: string): Promise<void> {
  await trx.deleteFrom("legacy_refresh_tokens").where("refresh_token_id", "=", refreshTokenId).execute();
}

/** How many rows an owner has at most, and their order. */
const limits = {
  legacy_codes: { id: "digest", time: "expires_at", most: 100 },
  legacy_install_tokens: { id: "digest", time: "expires_at", most: 20 },
  legacy_refresh_tokens: { id: "refresh_token_id", time: "created_at", most: 100 },
} as const;

/** Deletes the oldest rows above the limit. */
async function deleteOldest(
  trx: Write,
  table: keyof typeof limits,
  owner: Readonly<Record<string, string>>,
): Promise<void> {
  const { most, ...columns } = limits[table];
  const [id, time] = [sql.ref(columns.id), sql.ref(columns.time)];
  const owned = Object.entries(owner).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const { rows } = await sql<{ id: string }>`select ${id} as id from ${sql.table(table)}
    where ${sql.join(owned, sql` and `)} order by ${time} desc, ${id} desc limit ${most} offset ${most}`.execute(
    trx,
  );
  if (rows.length === 0) return;
  const ids = sql.join(rows.map((row) => row.id));
  await sql`delete from ${sql.table(table)} where ${id} in (${ids})`.execute(trx);
}
