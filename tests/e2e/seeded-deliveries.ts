import type { TestPlatform } from "@latchkey/server/testing";
import { onTestFinished } from "vitest";

const rowsPerInsert = 500;

/** Copies the only delivery of a webhook, with its event and last attempt, as often as wanted. */
export async function seedDeliveries(
  { platform: { database } }: TestPlatform,
  { delivered, failed, webhookId }: { webhookId: string; failed: number; delivered: number },
): Promise<void> {
  const ofWebhook = database.read.selectFrom("deliveries").selectAll().where("webhook_id", "=", webhookId);
  const delivery = await ofWebhook.executeTakeFirstOrThrow();
  const events = database.read.selectFrom("events").selectAll().where("event_id", "=", delivery.event_id);
  const event = await events.executeTakeFirstOrThrow();
  const ended = { next_attempt_at: null, leased_until: null, ended_at: delivery.created_at };
  for (let first = 0; first < failed + delivered; first += rowsPerInsert) {
    const numbers = Array.from({ length: rowsPerInsert }, (_, index) => first + index);
    const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
    await database.write(async (trx) => {
      await trx
        .insertInto("events")
        .values(numbers.map((number) => ({ ...event, event_id: idOf(number) })))
        .execute();
      const deliveries = numbers.map((number) => ({
        ...{ ...delivery, ...ended, delivery_id: idOf(number), event_id: idOf(number) },
        status: number < failed ? ("failed" as const) : ("delivered" as const),
      }));
      await trx.insertInto("deliveries").values(deliveries).execute();
    });
  }
}

/**
 * Waits until the only job that has not ended has done a fifth of its rows, then holds every write of the platform, so that the job stays there.
 * Begin before the job starts: while this waits, at most a step of the job comes between two looks at it.
 *
 * @returns the function that lets writes go on; the end of the test does too
 */
export async function holdHalfWay({ platform: { database } }: TestPlatform): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const look = (): Promise<boolean> =>
    database.write(async (trx) => {
      const running = trx.selectFrom("jobs").select(["done", "total"]).where("ended_at", "is", null);
      const job = await running.executeTakeFirst();
      if (job === undefined || job.done < job.total / 5) return false;
      held.resolve();
      await released.promise;
      return true;
    });
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
    released.resolve();
  });
  const keepLooking = async (): Promise<void> => {
    while (!isOver && !(await look())) await new Promise((resolve) => setImmediate(resolve));
  };
  keepLooking().catch(held.reject);
  await held.promise;
  return released.resolve;
}
