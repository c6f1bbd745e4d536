import { createPrivateKey, type KeyObject } from "node:crypto";
import { createCache } from "../../infrastructure/cache/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { AppKeysTable, Database } from "../../infrastructure/database/index.ts";
import { appKeyContext } from "./app-keys.ts";

/** The key that signs what is for one app. */
export interface AppSigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The keys of apps ready for use: which one signs is read each time, what was opened once is kept. */
export interface AppKeyRing {
  /** A key that was read with something else. */
  open(row: StoredAppKey): AppSigningKey;
  /** The newest key of each app. */
  signingKeys(appIds: readonly string[]): Promise<ReadonlyMap<string, AppSigningKey>>;
}

/** What is read of a key to open it. */
export type StoredAppKey = Pick<AppKeysTable, "app_id" | "kid" | "sealed_private_key">;

const maxCachedKeys = 10_000;

export function createAppKeyRing(database: Database, vault: Vault): AppKeyRing {
  const opened = createCache<string, KeyObject>({ maxEntries: maxCachedKeys });
  const open: AppKeyRing["open"] = ({ app_id, kid, sealed_private_key }) => ({
    kid,
    privateKey: opened.getOrCreate(kid, () =>
      createPrivateKey(vault.unseal(sealed_private_key, appKeyContext(app_id, kid))),
    ),
  });
  return {
    open,
    async signingKeys(appIds) {
      const rows = await database.read
        .selectFrom("app_keys")
        .select(["app_id", "kid", "sealed_private_key"])
        .where("app_id", "in", appIds)
        .orderBy("created_at")
        .execute();
      const newest = new Map(rows.map((row) => [row.app_id, row]));
      return new Map(Array.from(newest, ([appId, row]) => [appId, open(row)] as const));
    },
  };
}
