import { formatSecret, refreshTokenPrefix } from "@latchkey/protocol";
import { markSecurityChange, type Write } from "../../../infrastructure/database/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { denyToken } from "../tokens.queries.ts";
import {
  deleteRefreshToken,
  findRefreshToken,
  insertRefreshToken,
  type StoredRefreshToken,
} from "./legacy.queries.ts";

/** Lifetime of an access token of the legacy flow, in seconds. */
export const legacyTokenLifetime = 300;

/** Why a refresh token of the app is not valid now. */
export type RefreshTokenError = "instance_removed" | "instance_suspended" | "tokens_revoked";

/** Creates a refresh token. It is valid until the app is removed from the site, or tokens of the app or instance are revoked. */
export async function createRefreshToken(
  trx: Write,
  { ids, random, vault }: Pick<TokenDependencies, "ids" | "random" | "vault">,
  owner: { appId: string; appGen: number; instanceId: string; instanceGen: number; now: number },
): Promise<{ refreshTokenId: string; value: string }> {
  const { appId, instanceId } = owner;
  const value = formatSecret(random(32), refreshTokenPrefix);
  const refreshTokenId = ids.ordered();
  await insertRefreshToken(trx, {
    refresh_token_id: refreshTokenId,
    digest: vault.digest(value),
    app_id: appId,
    instance_id: instanceId,
    app_gen: owner.appGen,
    instance_gen: owner.instanceGen,
    created_at: owner.now,
  });
  return { refreshTokenId, value };
}

/** Finds a refresh token by its text, if it is valid now. */
export async function findValidRefreshToken(
  { database, vault }: Pick<TokenDependencies, "database" | "vault">,
  text: string,
): Promise<StoredRefreshToken | undefined> {
  if (!text.startsWith(refreshTokenPrefix)) return undefined;
  const stored = await findRefreshToken(database.read, vault.digests(text));
  if (stored === undefined || stored.enabled !== 1 || stored.deleted_at !== null) return undefined;
  const { current_app_gen: app_gen, current_instance_gen: instance_gen, state } = stored;
  return refreshTokenError(stored, { app_gen, instance_gen, state }) === undefined ? stored : undefined;
}

/** An app and its instance now. Null when they were not found. */
export interface CurrentState {
  readonly app_gen: number | null;
  readonly instance_gen: number | null;
  readonly state: string | null;
}

/** Compares the numbers of a refresh token or a code with its app and its instance now. */
export function refreshTokenError(
  stored: Pick<CurrentState, "app_gen" | "instance_gen">,
  current: CurrentState,
): RefreshTokenError | undefined {
  if (current.state === "suspended") return "instance_suspended";
  if (current.state !== "installed") return "instance_removed";
  const isCurrent = stored.app_gen === current.app_gen && stored.instance_gen === current.instance_gen;
  return isCurrent ? undefined : "tokens_revoked";
}

/** Revokes a refresh token, and the access tokens that it was exchanged for (RFC 7009 §2.1). */
export async function revokeRefreshToken(
  { audit, clock, database }: Pick<TokenDependencies, "audit" | "clock" | "database">,
  { app_id: appId, instance_id: instanceId, refresh_token_id: jti }: StoredRefreshToken,
  requestId: string,
): Promise<void> {
  await database.write(async (trx) => {
    await deleteRefreshToken(trx, jti);
    await denyToken(trx, { jti, expiresAt: clock.now() + legacyTokenLifetime * 1_000 });
    await audit.append(trx, appActor(appId, requestId), {
      action: "instance.refresh-token.revoked",
      appId,
      instanceId,
    });
    markSecurityChange(trx, "skip");
  });
}

/** The actor of changes that an app makes with its own credentials. */
export function appActor(appId: string, requestId: string): Actor {
  return { name: `app:${appId}`, requestId };
}
