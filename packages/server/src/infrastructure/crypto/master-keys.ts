import { createHmac, hkdfSync } from "node:crypto";
import { OperatorError } from "../errors/index.ts";

/** One key per purpose, all derived from the master keys; nothing is ever encrypted with a master key itself. */
export interface MasterKeys {
  /** The newest key's id: what is sealed now carries it. */
  readonly newestId: string;
  /** Ids of all keys that can still open something, newest first. */
  readonly ids: readonly string[];
  /** 256 bits for `purpose` from the key with this id; undefined when no such key is configured. */
  derive(keyId: string, purpose: string): Buffer | undefined;
}

/**
 * Reads `LATCHKEY_ENCRYPTION_KEY`: one or more keys of 32 random bytes as base64, base64url or hexadecimal,
 * separated by commas, newest first.
 *
 * Throws `invalid_configuration` for a key of another size, and for one that nobody can have drawn at random.
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
      const known = derived.get(label);
      if (known !== undefined) return known;
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

/** 32 random bytes have nearly 30 different values; fewer than this many come from a keyboard. */
const fewestValues = 16;

function decodeKey(text: string): Buffer {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  const wellFormed = /^([0-9a-f]{64}|[\w+/-]{43}=?)$/i.test(text);
  if (!wellFormed || bytes.length !== 32 || new Set(bytes).size < fewestValues) {
    throw new OperatorError(
      "invalid_configuration",
      "Each key in LATCHKEY_ENCRYPTION_KEY must be 32 random bytes as base64 or hexadecimal, for example from: openssl rand -base64 32",
    );
  }
  return bytes;
}
