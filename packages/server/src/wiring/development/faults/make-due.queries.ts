import type { Write } from "../../../infrastructure/database/index.ts";

/** Ends the claim of a delivery, and sets when its next attempt is due, in epoch milliseconds. */
export async function makeDue(trx: Write, deliveryId: string, at: number): Promise<void> {
  await trx
    .updateTable("deliveries")
    .set({ leased_until: null, next_attempt_at: at })
    .where("delivery_id", "=", deliveryId)
    .where("status", "=", "pending")
    .execute();
}
