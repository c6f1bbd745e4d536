import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { extname } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { createCache } from "../../infrastructure/cache/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database, Queries } from "../../infrastructure/database/index.ts";
import { createFairQueue } from "../../infrastructure/fair-queue/index.ts";
import { listAppPrivateKeys, listAppPublicKeys, type StoredAppKey } from "./app-keys.queries.ts";

/** A new RS256 key pair of an app. With it the platform signs messages that only this app verifies. */
export interface NewAppKey {
  readonly publicPem: string;
  readonly privatePem: string;
}

// TypeScript in the repository, JavaScript in the package.
const threadFile = new URL(`./key-pair-thread${extname(import.meta.url)}`, import.meta.url);

const signInPool: (algorithm: string, data: Buffer, key: KeyObject) => Promise<Buffer> = promisify(sign);

const generations = createFairQueue({ slots: 1, waitingPerKey: 200 });
let thread: Worker | undefined;

/**
 * Generates the key pair of a new app.
 *
 * Throws `RESOURCE_EXHAUSTED` when too many key pairs of the requester wait.
 *
 * @param requester the principal that creates the app; default: the platform itself
 */
export type GenerateAppKey = (requester?: string) => Promise<NewAppKey>;

/** Generates a key pair in a thread of low priority. One is generated at a time, and requesters take turns. */
export const generateAppKey: GenerateAppKey = async (requester = "platform") =>
  await generations.run(requester, async () => {
    const generator = thread ?? startThread();
    generator.ref();
    generator.postMessage("generate");
    const [keyPair] = (await once(generator, "message")) as [NewAppKey];
    generator.unref();
    return keyPair;
  });

function startThread(): Worker {
  // The options of this process may not fit a file.
  thread = new Worker(threadFile, { execArgv: [] }).once("exit", () => {
    thread = undefined;
  });
  return thread;
}

/** The app's public key as PEM (SPKI). Throws `APP_NOT_FOUND`. */
export async function readAppPublicKey(db: Queries, appId: string): Promise<string> {
  return (await listAppPublicKeys(db, appId)).at(-1)?.public_key ?? "";
}

/** Binds an encrypted private key to its row. */
export function appKeyContext(appId: string, kid: string): string {
  return `app-key ${appId} ${kid}`;
}

/** A key that signs messages for one app. */
export interface AppSigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

const cachedKeys = 10_000;

/** Decrypted keys of apps. Which key of an app signs is read from the database each time; decrypted keys are cached. */
export class AppKeyRing {
  readonly #database: Database;
  readonly #vault: Vault;
  readonly #privateKeys = createCache<string, KeyObject>({ maxEntries: cachedKeys });

  constructor(database: Database, vault: Vault) {
    this.#database = database;
    this.#vault = vault;
  }

  /** Decrypts a key that the caller has read. */
  open({ app_id, kid, sealed_private_key }: StoredAppKey): AppSigningKey {
    const decrypt = (): KeyObject =>
      createPrivateKey(this.#vault.unseal(sealed_private_key, appKeyContext(app_id, kid)));
    return { kid, privateKey: this.#privateKeys.getOrCreate(kid, decrypt) };
  }

  /** Returns the newest key of each app. */
  async signingKeys(appIds: readonly string[]): Promise<ReadonlyMap<string, AppSigningKey>> {
    const rows = await listAppPrivateKeys(this.#database.read, appIds);
    const newest = new Map(rows.map((row) => [row.app_id, row]));
    return new Map(Array.from(newest, ([appId, row]) => [appId, this.open(row)] as const));
  }
}

// One app signs 16 messages at once. They delay a token by at most four of them, since the pool has four threads.
const signatures = createFairQueue({ slots: 32, waitingPerKey: Number.POSITIVE_INFINITY });

/**
 * Signs a JWT for an app with the app's key (RS256), in the thread pool. Apps take turns.
 *
 * @param type the `typ` header, such as `webhook+jwt`
 */
export async function signForApp(claims: object, type: string, key: AppSigningKey): Promise<string> {
  const text = `${encode({ alg: "RS256", typ: type, kid: key.kid })}.${encode(claims)}`;
  const signature = await signatures.run(key.kid, () =>
    signInPool("sha256", Buffer.from(text), key.privateKey),
  );
  return `${text}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
