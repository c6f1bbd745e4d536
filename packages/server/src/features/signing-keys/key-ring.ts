import { createPublicKey, type KeyObject } from "node:crypto";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database } from "../../infrastructure/database/index.ts";
import { findSigningKey } from "./signing-keys.queries.ts";
import { openSigningKey } from "./signing-keys.ts";

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Decrypted signing keys by `kid`. A key pair never changes, so it is cached. Which key signs and which keys still
 * verify is not cached: the caller reads that from the database each time.
 */
export class KeyRing {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #pairs = new Map<string, KeyPair>();

  constructor(database: Database, vault: Vault) {
    this.#database = database;
    this.#vault = vault;
  }

  async privateKey(kid: string): Promise<KeyObject> {
    const pair = await this.#open(kid);
    if (pair === undefined) throw new Error(`There is no signing key ${kid}.`);
    return pair.privateKey;
  }

  /** Returns undefined for a key that the platform never had. */
  async publicKey(kid: string): Promise<KeyObject | undefined> {
    return (await this.#open(kid))?.publicKey;
  }

  async #open(kid: string): Promise<KeyPair | undefined> {
    const cached = this.#pairs.get(kid);
    if (cached !== undefined) return cached;
    const row = await findSigningKey(this.#database.read, kid);
    if (row === undefined) return undefined;
    const privateKey = openSigningKey(this.#vault, row);
    const pair = { privateKey, publicKey: createPublicKey(privateKey) };
    this.#pairs.set(kid, pair);
    return pair;
  }
}
