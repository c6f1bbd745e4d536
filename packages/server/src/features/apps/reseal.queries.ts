import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Page, Write } from "../../infrastructure/database/index.ts";
import { appKeyContext } from "./app-keys.ts";
import { appSecretContext } from "./app-secrets.ts";

/**
 * Encrypts one page of rows again, except values that are already encrypted with the newest master key. Returns where
 * the next page begins, or undefined at the end of the table.
 */
export type ResealStep = (trx: Write, reseal: Reseal, page: Page) => Promise<string | undefined>;

export interface Reseal {
  readonly vault: Vault;
  /** Collects the rows whose values cannot be unsealed. They stay as they are. */
  readonly damaged: Set<string>;
}

const resealSecrets: ResealStep = async (trx, { damaged, vault }, { after, limit }) => {
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
    const value = { sealed: row.sealed, context, row: `app_secrets ${row.secret_id}` };
    const sealed = vault.reseal(value, damaged);
    if (sealed === row.sealed) continue;
    await trx
      .updateTable("app_secrets")
      .set({ sealed, digest: vault.digest(vault.unseal(sealed, context)) })
      .where("secret_id", "=", row.secret_id)
      .execute();
  }
  return rows.length < limit ? undefined : rows.at(-1)?.secret_id;
};

const resealKeys: ResealStep = async (trx, { damaged, vault }, { after, limit }) => {
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
    const value = { sealed: row.sealed_private_key, context, row: `app_keys ${row.kid}` };
    await trx
      .updateTable("app_keys")
      .set({ sealed_private_key: vault.reseal(value, damaged) })
      .where("kid", "=", row.kid)
      .execute();
  }
  return rows.length < limit ? undefined : rows.at(-1)?.kid;
};

/** One step for each table of this feature with encrypted values. */
export const appResealSteps: readonly ResealStep[] = [resealSecrets, resealKeys];
