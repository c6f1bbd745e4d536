import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Page, Write } from "../../infrastructure/database/index.ts";
import { appKeyContext } from "./app-keys.ts";
import { appSecretContext } from "./app-secrets.ts";

/**
 * Encrypts one page of rows again, except values that are already encrypted with the newest master key. Returns where
 * the next page begins, or undefined at the end of the table.
 */
export type ResealStep = (trx: Write, vault: Vault, page: Page) => Promise<string | undefined>;

const resealSecrets: ResealStep = async (trx, vault, { after, limit }) => {
  const rows = await trx
    .selectFrom("app_secrets")
    .select(["app_id", "secret_id", "sealed"])
    .where("secret_id", ">", after)
    .orderBy("secret_id")
    .limit(limit)
    .execute();
  for (const row of rows) {
    if (row.sealed.startsWith(vault.newestPrefix)) continue;
    const context = appSecretContext(row.app_id, row.secret_id);
    const value = vault.unseal(row.sealed, context);
    await trx
      .updateTable("app_secrets")
      .set({ sealed: vault.seal(value, context), digest: vault.digest(value) })
      .where("secret_id", "=", row.secret_id)
      .execute();
  }
  return rows.length < limit ? undefined : rows.at(-1)?.secret_id;
};

const resealKeys: ResealStep = async (trx, vault, { after, limit }) => {
  const rows = await trx
    .selectFrom("app_keys")
    .select(["app_id", "kid", "sealed_private_key"])
    .where("kid", ">", after)
    .orderBy("kid")
    .limit(limit)
    .execute();
  for (const row of rows) {
    if (row.sealed_private_key.startsWith(vault.newestPrefix)) continue;
    const context = appKeyContext(row.app_id, row.kid);
    await trx
      .updateTable("app_keys")
      .set({ sealed_private_key: vault.seal(vault.unseal(row.sealed_private_key, context), context) })
      .where("kid", "=", row.kid)
      .execute();
  }
  return rows.length < limit ? undefined : rows.at(-1)?.kid;
};

/** One step for each table of this feature with encrypted values. */
export const appResealSteps: readonly ResealStep[] = [resealSecrets, resealKeys];
