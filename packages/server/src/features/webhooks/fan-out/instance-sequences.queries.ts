import type { InstanceStreamsTable, Write } from "../../../infrastructure/database/index.ts";
import type { EventType } from "../../events/index.ts";
import type { WaitingEvent } from "./pending-events.queries.ts";

/** The order of what one instance hears. */
export type Stream = Pick<InstanceStreamsTable, "instance_id" | "app_id">;

/** Who may be told of a site's event next, by id from behind `after`. */
export async function openStreamsOn(
  trx: Write,
  page: { siteId: string; after: string; limit: number },
): Promise<Stream[]> {
  return await trx
    .selectFrom("instance_streams")
    .select(["instance_id", "app_id"])
    .where("site_id", "=", page.siteId)
    .where("state", "=", "open")
    .where("instance_id", ">", page.after)
    .orderBy("instance_id")
    .limit(page.limit)
    .execute();
}

/**
 * The stream that an instance's own event goes into, opened or closed as the event says. Undefined for what is told of
 * an instance that is gone.
 */
export async function streamOf(trx: Write, event: WaitingEvent & OwnEvent): Promise<Stream | undefined> {
  const { app_id, event_type, instance_id, site_id } = event;
  const before = await trx
    .selectFrom("instance_streams")
    .select("state")
    .where("instance_id", "=", instance_id)
    .executeTakeFirst();
  const state = stateAfter(event_type, before?.state ?? "closed");
  if (before === undefined) {
    if (state === "closed") return undefined;
    await trx
      .insertInto("instance_streams")
      .values({ instance_id, app_id, site_id, state, last_sequence: 0 })
      .execute();
  } else if (before.state !== state) {
    await trx.updateTable("instance_streams").set({ state }).where("instance_id", "=", instance_id).execute();
  } else if (state === "closed") {
    return undefined;
  }
  return { instance_id, app_id };
}

/** What an event of an instance knows beside its id. */
export interface OwnEvent {
  readonly instance_id: string;
  readonly app_id: string;
}

type State = InstanceStreamsTable["state"];

/** Told once more to an instance that is there, `AppInstalled` changes nothing. */
function stateAfter(eventType: string, before: State): State {
  const changed: Partial<Record<EventType, State>> = {
    AppInstalled: before === "closed" ? "open" : before,
    AppRemoved: "closed",
    "latchkey.instance_suspended": before === "closed" ? "closed" : "paused",
    "latchkey.instance_resumed": before === "closed" ? "closed" : "open",
  };
  return changed[eventType as EventType] ?? before;
}

/** Gives each instance its next number. */
export async function takeSequences(
  trx: Write,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await trx
    .updateTable("instance_streams")
    .set((eb) => ({ last_sequence: eb("last_sequence", "+", 1) }))
    .where("instance_id", "in", instanceIds)
    .returning(["instance_id", "last_sequence"])
    .execute();
  return new Map(rows.map((row) => [row.instance_id, row.last_sequence]));
}
