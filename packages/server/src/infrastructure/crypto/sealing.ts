import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../database/index.ts";
import { OperatorError } from "../errors/index.ts";
import { Hmac } from "./hmac.ts";
import type { MasterKeys } from "./master-keys.ts";

const version = "v1";
const nonceBytes = 12;
const tagBytes = 16;

/** Encrypts and hashes secrets for the database. */
export class Vault {
  /** The prefix of every value that is sealed with the newest key. */
  readonly newestPrefix: string;
  readonly #keys: MasterKeys;
  readonly #random: RandomBytes;
  readonly #newestHmac: Hmac;
  readonly #hmacs: readonly Hmac[];

  /** @param random source of nonces */
  constructor(keys: MasterKeys, random: RandomBytes) {
    this.newestPrefix = `${version}.${keys.newestId}.`;
    this.#keys = keys;
    this.#random = random;
    const hmacOf = (keyId: string): Hmac => new Hmac(keyFor(keys, keyId, "secret digest"));
    this.#newestHmac = hmacOf(keys.newestId);
    this.#hmacs = keys.ids.map(hmacOf);
  }

  /** Encrypts a text (AES-256-GCM). It can be unsealed only with the same `context`, such as the id of its row. */
  seal(plain: string, context: string): string {
    const nonce = this.#random(nonceBytes);
    const cipher = createCipheriv("aes-256-gcm", keyFor(this.#keys, this.#keys.newestId, "seal"), nonce);
    cipher.setAAD(Buffer.from(context));
    const bytes = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `${this.newestPrefix}${bytes.toString("base64url")}`;
  }

  /**
   * Throws `sealed_value_damaged` when the value was altered or has another context, and `wrong_encryption_key` when
   * its key is not configured.
   */
  unseal(sealed: string, context: string): string {
    const [form, keyId = "", text = ""] = sealed.split(".");
    const bytes = Buffer.from(text, "base64url");
    if (form !== version || bytes.length < nonceBytes + tagBytes) {
      throw new OperatorError("sealed_value_damaged");
    }
    const key = keyFor(this.#keys, keyId, "seal");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, "utf8");
      return plain + decipher.final("utf8");
    } catch {
      throw new OperatorError("sealed_value_damaged");
    }
  }

  /**
   * Seals a value again with the newest key. A value that cannot be unsealed stays as it is, and is added to `damaged`.
   *
   * @param value.row names the row in `damaged`
   */
  reseal(value: { sealed: string; context: string; row: string }, damaged: Set<string>): string {
    try {
      return this.seal(this.unseal(value.sealed, value.context), value.context);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      damaged.add(value.row);
      return value.sealed;
    }
  }

  /** HMAC-SHA256 of a random secret under the newest key, hexadecimal. */
  digest(secret: string): string {
    return this.#newestHmac.hex(secret);
  }

  /** The digest of the secret under each master key, newest first. */
  digests(secret: string): string[] {
    return this.#hmacs.map((hmac) => hmac.hex(secret));
  }

  /** Whether `given` is the digest of the secret under one of the master keys. Compares in constant time. */
  isDigest(given: string, secret: string): boolean {
    const bytes = Buffer.from(given);
    return this.digests(secret).some(
      (digest) => bytes.length === digest.length && timingSafeEqual(bytes, Buffer.from(digest)),
    );
  }
}

function keyFor(keys: MasterKeys, keyId: string, purpose: string): Buffer {
  const key = keys.derive(keyId, purpose);
  if (key === undefined) {
    throw new OperatorError("wrong_encryption_key", "Put the key that sealed this value back into the list.");
  }
  return key;
}
