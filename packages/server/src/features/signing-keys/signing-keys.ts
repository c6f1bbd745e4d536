import { createPrivateKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { SelectQueryBuilder } from "kysely";
import { days, hours } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries, Schema, SigningKeysTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";

/** A signing key's stage: published, then signing, then only verifying, then refused. */
export type SigningKeyState = "announced" | "active" | "retired" | "removed";

/** When keys change: spans in milliseconds. */
export interface RotationSchedule {
  /** From one key's first signature to the next one's. */
  readonly interval: number;
  /** From publication to the first signature; a client may cache the JWKS for this long. */
  readonly announcement: number;
  /** From the last signature to removal; longer than any token lives. */
  readonly retention: number;
}

export const defaultRotation: RotationSchedule = {
  interval: days(90),
  announcement: days(14),
  retention: days(14),
};

/** How long a client may cache the JWKS, in seconds; far below the announcement. */
export const jwksMaxAgeSeconds: number = hours(1) / 1_000;

const makeKeyPair = promisify(generateKeyPair);

/** A new ES256 key pair, not yet stored; made outside of any transaction since it takes a moment. */
export interface NewSigningKey {
  readonly kid: string;
  readonly publicJwk: string;
  readonly privatePem: string;
}

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

/** Stores a key that begins to sign at `activeAt`; of all that began by then it is the newest. */
export async function insertSigningKey(
  trx: Write,
  key: NewSigningKey,
  times: { vault: Vault; announcedAt: number; activeAt: number },
): Promise<void> {
  await makeRoomAt(trx, times.activeAt, await lockSigningKeys(trx));
  await trx
    .insertInto("signing_keys")
    .values({
      kid: key.kid,
      public_jwk: key.publicJwk,
      sealed_private_key: times.vault.seal(key.privatePem, sealContext(key.kid)),
      announced_at: times.announcedAt,
      active_at: times.activeAt,
      retired_at: null,
      removed_at: null,
    })
    .execute();
}

/** Dates a key that begins at this millisecond back by one, so that it is never in doubt which of two is the newer. */
async function makeRoomAt(trx: Write, activeAt: number, keys: readonly SigningKeysTable[]): Promise<void> {
  const older = keys.find((key) => key.active_at === activeAt);
  if (older === undefined) return;
  await makeRoomAt(trx, activeAt - 1, keys);
  await trx
    .updateTable("signing_keys")
    .set({ active_at: activeAt - 1 })
    .where("kid", "=", older.kid)
    .execute();
}

export async function listSigningKeys(db: Queries): Promise<SigningKeysTable[]> {
  return await selectSigningKeys(db).execute();
}

function selectSigningKeys(db: Queries): SelectQueryBuilder<Schema, "signing_keys", SigningKeysTable> {
  return db.selectFrom("signing_keys").selectAll().orderBy("active_at").orderBy("kid");
}

/**
 * Ends a key: it signs no more, and verifies for `retention` ms longer (0: at once, for a key that leaked).
 * Throws `KEY_NOT_FOUND`, and `KEY_IS_ACTIVE` when no other key could sign.
 */
export async function retireSigningKey(
  trx: Write,
  kid: string,
  times: { now: number; retention: number },
): Promise<void> {
  const keys = await lockSigningKeys(trx);
  const retiring = keys.find((key) => key.kid === kid);
  if (retiring === undefined) throw new ApiError("KEY_NOT_FOUND");
  const others = keys.filter((key) => key.kid !== kid && signingKeyState(key, times.now) === "active");
  if (others.length === 0) throw new ApiError("KEY_IS_ACTIVE");
  await trx
    .updateTable("signing_keys")
    .set({
      retired_at: retiring.retired_at ?? times.now,
      // Never later than before: a key that was removed stays so.
      removed_at: Math.min(retiring.removed_at ?? Number.POSITIVE_INFINITY, times.now + times.retention),
    })
    .where("kid", "=", kid)
    .execute();
}

/** Lets one transaction at a time decide which keys remain: two must not retire each other's last active key. */
async function lockSigningKeys(trx: Write): Promise<SigningKeysTable[]> {
  return await selectSigningKeys(trx).forUpdate().execute();
}

/** What a turn of the schedule did, and what is left to do. */
export interface Rotation {
  /** Ids of the keys that it retired. */
  readonly retired: readonly string[];
  /** Whether a new key has to be announced; the caller makes one and calls {@link insertSigningKey}. */
  readonly due: boolean;
}

/** Moves the schedule on: retires what a newer active key has replaced, and tells when a successor is due. */
export async function rotateSigningKeys(
  trx: Write,
  options: { now: number; schedule: RotationSchedule },
): Promise<Rotation> {
  const { now, schedule } = options;
  const keys = (await lockSigningKeys(trx)).filter((key) => key.retired_at === null);
  const active = keys.filter((key) => key.active_at <= now);
  const retired = active.slice(0, -1).map((key) => key.kid);
  for (const kid of retired) await retireSigningKey(trx, kid, { now, retention: schedule.retention });
  const newest = active.at(-1);
  const successorAnnounced = keys.some((key) => key.active_at > now);
  const due = newest === undefined || newest.active_at + schedule.interval - schedule.announcement <= now;
  return { retired, due: due && !successorAnnounced };
}

/** Opens a stored private key. */
export function openSigningKey(vault: Vault, key: { kid: string; sealed_private_key: string }): KeyObject {
  return createPrivateKey(vault.unseal(key.sealed_private_key, sealContext(key.kid)));
}

/** Seals every signing key again that an older master key sealed. */
export async function resealSigningKeys(trx: Write, vault: Vault): Promise<void> {
  for (const key of await listSigningKeys(trx)) {
    if (key.sealed_private_key.startsWith(vault.newestPrefix)) continue;
    const pem = vault.unseal(key.sealed_private_key, sealContext(key.kid));
    await trx
      .updateTable("signing_keys")
      .set({ sealed_private_key: vault.seal(pem, sealContext(key.kid)) })
      .where("kid", "=", key.kid)
      .execute();
  }
}

function sealContext(kid: string): string {
  return `signing-key ${kid}`;
}
