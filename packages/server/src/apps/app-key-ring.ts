import { createPrivateKey, type KeyObject } from "node:crypto";
import type { Database } from "../db/index.ts";
import type { Vault } from "../keys/index.ts";
import { appKeyContext } from "./app-keys.ts";

/** The key that signs what is for one app. */
export interface AppSigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The keys of apps ready for use: which one signs is read each time, what was opened once is kept. */
export interface AppKeyRing {
  /** The newest key of each app. */
  signingKeys(appIds: readonly string[]): Promise<ReadonlyMap<string, AppSigningKey>>;
}

const keptKeys = 10_000;

export function createAppKeyRing(database: Database, vault: Vault): AppKeyRing {
  const opened = new Map<string, KeyObject>();
  const open = (row: { app_id: string; kid: string; sealed_private_key: string }): KeyObject => {
    const known = opened.get(row.kid);
    if (known !== undefined) return known;
    const key = createPrivateKey(vault.unseal(row.sealed_private_key, appKeyContext(row.app_id, row.kid)));
    if (opened.size >= keptKeys) opened.clear();
    opened.set(row.kid, key);
    return key;
  };
  return {
    async signingKeys(appIds) {
      const rows = await database.read
        .selectFrom("app_keys")
        .select(["app_id", "kid", "sealed_private_key"])
        .where("app_id", "in", appIds)
        .orderBy("created_at")
        .execute();
      const newest = new Map(rows.map((row) => [row.app_id, row]));
      return new Map(
        Array.from(newest, ([appId, row]) => [appId, { kid: row.kid, privateKey: open(row) }] as const),
      );
    },
  };
}
