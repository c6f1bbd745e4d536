import type { InstanceSequencesTable, Write } from "../../../infrastructure/database/index.ts";
import type { EventType } from "../../events/index.ts";
import type { PendingEvent } from "./pending-events.queries.ts";
import type { RecipientInstance } from "./recipients.queries.ts";

/**
 * Instances on a site that are installed after the events that are fanned out so far, in the order of ids, after
 * `after`.
 */
export async function readInstalledInstances(
  trx: Write,
  page: { siteId: string; after: string; limit: number },
): Promise<RecipientInstance[]> {
  return await trx
    .selectFrom("instance_sequences")
    .select(["instance_id", "app_id"])
    .where("site_id", "=", page.siteId)
    .where("state", "=", "installed")
    .where("instance_id", ">", page.after)
    .orderBy("instance_id")
    .limit(page.limit)
    .execute();
}

/**
 * Applies an event of an instance to its state, such as `AppRemoved`.
 *
 * @returns the instance; an empty list when it was removed before, so that it receives nothing
 */
export async function applyInstanceEvent(
  trx: Write,
  { app_id, event_type, instance_id, site_id }: PendingEvent,
): Promise<RecipientInstance[]> {
  if (app_id === null || instance_id === null) return [];
  const before = await trx
    .selectFrom("instance_sequences")
    .select("state")
    .where("instance_id", "=", instance_id)
    .executeTakeFirst();
  const state = stateAfter(event_type, before?.state ?? "removed");
  if (before === undefined) {
    if (state === "removed") return [];
    await trx
      .insertInto("instance_sequences")
      .values({ instance_id, app_id, site_id, state, last_sequence: 0 })
      .execute();
  } else if (before.state !== state) {
    await trx
      .updateTable("instance_sequences")
      .set({ state })
      .where("instance_id", "=", instance_id)
      .execute();
  } else if (state === "removed") {
    return [];
  }
  return [{ instance_id, app_id }];
}

type State = InstanceSequencesTable["state"];

/** A second `AppInstalled`, as a backfill sends it, changes no state. */
function stateAfter(eventType: string, before: State): State {
  const changed: Partial<Record<EventType, State>> = {
    AppInstalled: before === "removed" ? "installed" : before,
    AppRemoved: "removed",
    "latchkey.instance_suspended": before === "removed" ? "removed" : "suspended",
    "latchkey.instance_resumed": before === "removed" ? "removed" : "installed",
  };
  return changed[eventType as EventType] ?? before;
}

/**
 * Takes the next sequences of instances.
 *
 * @param eventsOf how many each instance takes
 * @returns the first one by instance id
 */
export async function takeSequences(
  trx: Write,
  eventsOf: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const firsts = new Map<string, number>();
  for (const [count, instances] of Map.groupBy(eventsOf, ([, count]) => count)) {
    const rows = await trx
      .updateTable("instance_sequences")
      .set((eb) => ({ last_sequence: eb("last_sequence", "+", count) }))
      .where(
        "instance_id",
        "in",
        instances.map(([instanceId]) => instanceId),
      )
      .returning(["instance_id", "last_sequence"])
      .execute();
    for (const row of rows) firsts.set(row.instance_id, row.last_sequence - count + 1);
  }
  return firsts;
}
