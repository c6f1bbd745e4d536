import { createHmac, hkdfSync } from "node:crypto";
import { OperatorError } from "../errors/index.ts";

/** Derives a key for each purpose. A master key itself never encrypts anything. */
export interface MasterKeys {
  /** The ID of the key that seals. */
  readonly newestId: string;
  /** IDs of all keys that unseal, newest first. */
  readonly ids: readonly string[];
  /** Derives 256 bits for a purpose; undefined when no key with this ID is configured. */
  derive(keyId: string, purpose: string): Buffer | undefined;
}

/**
 * Reads `LATCHKEY_ENCRYPTION_KEY`: one or more keys of 32 random bytes as base64, base64url or hexadecimal, separated
 * by commas, newest first. Throws `invalid_configuration` for a key of another size or one that is clearly not random.
 */
export function parseMasterKeys(text: string): MasterKeys {
  const keys = new Map(text.split(",").map((part) => withId(decodeKey(part.trim()))));
  const ids = [...keys.keys()];
  const derived = new Map<string, Buffer>();
  return {
    newestId: ids[0] ?? "",
    ids,
    derive(keyId, purpose) {
      const label = `${keyId} ${purpose}`;
      const cached = derived.get(label);
      if (cached !== undefined) return cached;
      const master = keys.get(keyId);
      if (master === undefined) return undefined;
      const key = Buffer.from(hkdfSync("sha256", master, "", `latchkey ${purpose}`, 32));
      derived.set(label, key);
      return key;
    },
  };
}

function withId(key: Buffer): [string, Buffer] {
  return [createHmac("sha256", key).update("latchkey key id").digest("hex").slice(0, 8), key];
}

/** 32 random bytes have nearly 30 distinct values. Fewer than this many are not random. */
const minDistinctBytes = 16;

function decodeKey(text: string): Buffer {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  const wellFormed = /^([0-9a-f]{64}|[\w+/-]{43}=?)$/i.test(text);
  if (!wellFormed || bytes.length !== 32 || new Set(bytes).size < minDistinctBytes) {
    throw new OperatorError(
      "invalid_configuration",
      "Each key in LATCHKEY_ENCRYPTION_KEY must be 32 random bytes as base64 or hexadecimal, for example from: openssl rand -base64 32",
    );
  }
  return bytes;
}
