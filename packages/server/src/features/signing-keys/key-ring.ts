import { createPublicKey, type KeyObject } from "node:crypto";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { openSigningKey } from "./signing-keys.ts";

/**
 * Signing keys ready for use. What a `kid` stands for never changes, so it may be kept; which key signs, and which
 * still verifies, is read from the database each time by whoever asks for a key here.
 */
export interface KeyRing {
  privateKey(kid: string): Promise<KeyObject>;
  /** Undefined for a key that was never ours. */
  publicKey(kid: string): Promise<KeyObject | undefined>;
}

interface OpenedKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function createKeyRing(database: Database, vault: Vault): KeyRing {
  const opened = new Map<string, OpenedKey>();
  const open = async (kid: string): Promise<OpenedKey | undefined> => {
    const known = opened.get(kid);
    if (known !== undefined) return known;
    const row = await database.read
      .selectFrom("signing_keys")
      .select(["kid", "sealed_private_key"])
      .where("kid", "=", kid)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const privateKey = openSigningKey(vault, row);
    const key = { privateKey, publicKey: createPublicKey(privateKey) };
    opened.set(kid, key);
    return key;
  };
  return {
    async privateKey(kid) {
      const key = await open(kid);
      if (key === undefined) throw new Error(`The signing key ${kid} is gone.`);
      return key.privateKey;
    },
    publicKey: async (kid) => (await open(kid))?.publicKey,
  };
}
