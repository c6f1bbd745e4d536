import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { days, minutes, seconds } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries, SigningKeysTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  insertSigningKeyRow,
  listSigningKeys,
  lockSigningKeys,
  updateSigningKey,
} from "./signing-keys.queries.ts";

/** Announced: published only. Active: signs. Retired: only verifies. Removed: does not verify. */
export type SigningKeyState = "announced" | "active" | "retired" | "removed";

/** The rotation schedule, in milliseconds. */
export interface RotationSchedule {
  /** The time from the first signature of a key to the first signature of the next key. */
  readonly interval: number;
  /** The time from publication to the first signature. A client may cache the JWKS for this long. */
  readonly announcement: number;
  /** The time from the last signature to removal. Must be longer than the lifetime of a token. */
  readonly retention: number;
}

export const defaultRotation: RotationSchedule = {
  interval: days(90),
  announcement: days(14),
  retention: days(14),
};

/** How long a client may cache the JWKS, in seconds. */
export const jwksMaxAgeSeconds: number = minutes(5) / seconds(1);

const makeKeyPair = promisify(generateKeyPair);

/** A new ES256 key pair that is not stored yet. */
export interface NewSigningKey {
  readonly kid: string;
  readonly publicJwk: string;
  readonly privatePem: string;
}

/** Generates a key pair. This is slow, so call it before the transaction. */
export async function generateSigningKey(kid: string): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await makeKeyPair("ec", { namedCurve: "P-256" });
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  return {
    kid,
    publicJwk: JSON.stringify({ kty, crv, x, y, kid, use: "sig", alg: "ES256" }),
    privatePem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

export function signingKeyState(key: SigningKeysTable, now: number): SigningKeyState {
  if (key.removed_at !== null && key.removed_at <= now) return "removed";
  if (key.retired_at !== null && key.retired_at <= now) return "retired";
  return key.active_at <= now ? "active" : "announced";
}

/** When the active key began to sign, and when the next one will, in epoch milliseconds; NaN without one. */
export async function activeKeyTimes(
  db: Queries,
  now: number,
): Promise<{ activeAt: number; nextAt: number }> {
  const keys = (await listSigningKeys(db)).filter((key) => key.retired_at === null || key.retired_at > now);
  const activeAt = keys.findLast((key) => key.active_at <= now)?.active_at ?? Number.NaN;
  const announced = keys.find((key) => key.active_at > now);
  return { activeAt, nextAt: announced?.active_at ?? activeAt + defaultRotation.interval };
}

/** The platform's public keys (RFC 7517): announced, active and retired ones. */
export async function readJwks(db: Queries, now: number): Promise<{ keys: unknown[] }> {
  const keys = await listSigningKeys(db);
  const published = keys.filter((key) => signingKeyState(key, now) !== "removed");
  return { keys: published.map((key) => JSON.parse(key.public_jwk)) };
}

/** Stores a key that signs from `activeAt` on. It is newer than every key that is active by then. */
export async function insertSigningKey(
  trx: Write,
  { kid, privatePem, publicJwk }: NewSigningKey,
  { activeAt, announcedAt, vault }: { vault: Vault; announcedAt: number; activeAt: number },
): Promise<SigningKeysTable> {
  await backdateKeyAt(trx, activeAt, await lockSigningKeys(trx));
  const row: SigningKeysTable = {
    kid,
    public_jwk: publicJwk,
    sealed_private_key: vault.seal(privatePem, sealContext(kid)),
    announced_at: announcedAt,
    active_at: activeAt,
    retired_at: null,
    removed_at: null,
  };
  await insertSigningKeyRow(trx, row);
  return row;
}

/** Moves a key that becomes active at `activeAt` one millisecond back, so that no two keys have the same time. */
async function backdateKeyAt(trx: Write, activeAt: number, keys: readonly SigningKeysTable[]): Promise<void> {
  const older = keys.find((key) => key.active_at === activeAt);
  if (older === undefined) return;
  await backdateKeyAt(trx, activeAt - 1, keys);
  await updateSigningKey(trx, older.kid, { active_at: activeAt - 1 });
}

/**
 * Retires a key: it no longer signs, and verifies for another `retention` milliseconds (0 for a key that leaked).
 * Throws `KEY_NOT_FOUND`, and `KEY_IS_ACTIVE` when no other key is active.
 */
export async function retireSigningKey(
  trx: Write,
  kid: string,
  { now, retention }: { now: number; retention: number },
): Promise<SigningKeysTable> {
  const keys = await lockSigningKeys(trx);
  const key = keys.find((one) => one.kid === kid);
  if (key === undefined) throw new ApiError("KEY_NOT_FOUND");
  const otherActive = keys.some((one) => one.kid !== kid && signingKeyState(one, now) === "active");
  if (!otherActive) throw new ApiError("KEY_IS_ACTIVE");
  const change = {
    retired_at: key.retired_at ?? now,
    // A key that is removed already stays removed.
    removed_at: Math.min(key.removed_at ?? Number.POSITIVE_INFINITY, now + retention),
  };
  await updateSigningKey(trx, kid, change);
  return { ...key, ...change };
}

export interface Rotation {
  /** Ids of the keys that were retired. */
  readonly retired: readonly string[];
  /** Whether the caller has to announce a new key with {@link insertSigningKey}. */
  readonly due: boolean;
}

/** Retires every active key but the newest, and checks whether a new key is due. */
export async function rotateSigningKeys(
  trx: Write,
  { now, schedule }: { now: number; schedule: RotationSchedule },
): Promise<Rotation> {
  const keys = (await lockSigningKeys(trx)).filter((key) => key.retired_at === null);
  const active = keys.filter((key) => key.active_at <= now);
  const retired = active.slice(0, -1).map((key) => key.kid);
  for (const kid of retired) await retireSigningKey(trx, kid, { now, retention: schedule.retention });
  const newest = active.at(-1);
  const successorAnnounced = keys.some((key) => key.active_at > now);
  const due = newest === undefined || newest.active_at + schedule.interval - schedule.announcement <= now;
  return { retired, due: due && !successorAnnounced };
}

/** Decrypts a stored private key. */
export function openSigningKey(vault: Vault, { kid, sealed_private_key }: SigningKeysTable): KeyObject {
  return createPrivateKey(vault.unseal(sealed_private_key, sealContext(kid)));
}

/**
 * Encrypts again every private key that is not encrypted with the newest master key.
 *
 * @param damaged gets the rows whose values cannot be unsealed
 */
export async function resealSigningKeys(trx: Write, vault: Vault, damaged: Set<string>): Promise<void> {
  for (const { kid, sealed_private_key } of await listSigningKeys(trx)) {
    if (sealed_private_key.startsWith(vault.newestPrefix)) continue;
    const value = { sealed: sealed_private_key, context: sealContext(kid), row: `signing_keys ${kid}` };
    await updateSigningKey(trx, kid, { sealed_private_key: vault.reseal(value, damaged) });
  }
}

/** Binds an encrypted private key to its row. */
function sealContext(kid: string): string {
  return `signing-key ${kid}`;
}
