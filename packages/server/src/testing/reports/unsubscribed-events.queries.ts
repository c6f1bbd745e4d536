import type { Queries } from "../../infrastructure/database/index.ts";

/** An event type that was published, and that no webhook has. */
export interface UnsubscribedEvent {
  readonly event_type: string;
  /** The app that the event is for, or one that is installed on its site; null when there is none. */
  readonly app_id: string | null;
}

const maxEventTypes = 100;

/** Reads the event types that no webhook has, also no deleted one. */
export async function readUnsubscribedEvents(db: Queries): Promise<UnsubscribedEvent[]> {
  return await db
    .selectFrom("events as e")
    .leftJoin("instances as i", "i.site_id", "e.site_id")
    .select(({ fn }) => ["e.event_type", fn.coalesce(fn.max("e.app_id"), fn.max("i.app_id")).as("app_id")])
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom("webhooks as w").select("w.webhook_id").whereRef("w.event_type", "=", "e.event_type"),
        ),
      ),
    )
    .groupBy("e.event_type")
    .orderBy("e.event_type")
    .limit(maxEventTypes)
    .execute();
}
