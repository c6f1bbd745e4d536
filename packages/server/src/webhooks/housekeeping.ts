import { days } from "../clock/index.ts";
import type { Database } from "../db/index.ts";
import { cancelForDeleted, pruneDeliveries } from "./log/index.ts";

/** How long deliveries that have ended are kept, in milliseconds. */
const deliveryLife = days(30);

/**
 * Forgets what is old and cancels what waits for nobody, some of it.
 *
 * @returns whether there is more
 */
export async function housekeepingStep(database: Database, now: number): Promise<boolean> {
  return await database.write(async (trx) => {
    const canceled = await cancelForDeleted(trx, now);
    return (await pruneDeliveries(trx, now - deliveryLife)) || canceled;
  });
}
