import type { Write } from "../../../infrastructure/database/index.ts";

/** When a secret or an instance was last used, in epoch milliseconds. */
export type Use = readonly [id: string, at: number];

export async function storeSecretUses(trx: Write, uses: readonly Use[]): Promise<void> {
  for (const [secretId, last_used_at] of uses) {
    await trx.updateTable("app_secrets").set({ last_used_at }).where("secret_id", "=", secretId).execute();
  }
}

export async function storeInstanceUses(trx: Write, uses: readonly Use[]): Promise<void> {
  for (const [instanceId, last_token_at] of uses) {
    await trx.updateTable("instances").set({ last_token_at }).where("instance_id", "=", instanceId).execute();
  }
}
