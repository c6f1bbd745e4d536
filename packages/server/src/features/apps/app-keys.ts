import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";

/** An app's own RS256 key pair: the platform signs with it what only this app is meant to verify. */
export interface NewAppKey {
  readonly publicPem: string;
  readonly privatePem: string;
}

const makeKeyPair = promisify(generateKeyPair);

/** Takes a moment (in the thread pool): made before the transaction that stores it. */
export async function generateAppKey(): Promise<NewAppKey> {
  const { publicKey, privateKey } = await makeKeyPair("rsa", { modulusLength: 2_048 });
  return {
    publicPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    privatePem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}

export async function insertAppKey(
  trx: Write,
  key: NewAppKey,
  row: { kid: string; appId: string; vault: Vault; now: number },
): Promise<void> {
  await trx
    .insertInto("app_keys")
    .values({
      kid: row.kid,
      app_id: row.appId,
      public_key: key.publicPem,
      sealed_private_key: row.vault.seal(key.privatePem, appKeyContext(row.appId, row.kid)),
      created_at: row.now,
    })
    .execute();
}

/** The app's public key as PEM (SPKI). Throws `APP_NOT_FOUND`. */
export async function readAppPublicKey(db: Queries, appId: string): Promise<string> {
  const row = await db
    .selectFrom("app_keys")
    .innerJoin("apps", "apps.app_id", "app_keys.app_id")
    .select("app_keys.public_key")
    .where("app_keys.app_id", "=", appId)
    .where("apps.deleted_at", "is", null)
    .orderBy("app_keys.created_at", "desc")
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("APP_NOT_FOUND");
  return row.public_key;
}

/** Binds a sealed private key to its row. */
export function appKeyContext(appId: string, kid: string): string {
  return `app-key ${appId} ${kid}`;
}
