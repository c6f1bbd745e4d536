import type { ResealStep } from "../../apps/index.ts";
import { signingSecretContext } from "./signing-secret.ts";

const resealSecrets: ResealStep = async (trx, { damaged, vault }, { after, limit }) => {
  const rows = await trx
    .selectFrom("webhooks")
    .select(["webhook_id", "sealed_secret", "sealed_previous_secret"])
    .where("webhook_id", ">", after)
    .orderBy("webhook_id")
    .limit(limit)
    .execute();
  for (const row of rows) {
    const context = signingSecretContext(row.webhook_id);
    const named = `webhooks ${row.webhook_id}`;
    const again = (sealed: string): string => vault.reseal({ sealed, context, row: named }, damaged);
    const { sealed_previous_secret: old, sealed_secret: newest } = row;
    if (newest.startsWith(vault.newestPrefix) && (old?.startsWith(vault.newestPrefix) ?? true)) continue;
    await trx
      .updateTable("webhooks")
      .set({ sealed_secret: again(newest), sealed_previous_secret: old === null ? null : again(old) })
      .where("webhook_id", "=", row.webhook_id)
      .execute();
  }
  return rows.length < limit ? undefined : rows.at(-1)?.webhook_id;
};

/** Steps that reseal signing secrets with the newest encryption key. */
export const webhookResealSteps: readonly ResealStep[] = [resealSecrets];
