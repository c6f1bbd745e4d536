import type {
  DeliveriesTable,
  EventsTable,
  InstanceSequencesTable,
  Queries,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
  pageAfter,
} from "../../../infrastructure/management/index.ts";
import { SubscriberReader } from "../fan-out/index.ts";

/** Why an instance has no delivery of an event. */
export type NoDelivery = (typeof noDeliveryReasons)[number];

export const noDeliveryReasons = [
  "not_fanned_out",
  "not_installed",
  "suspended",
  "not_subscribed",
  "no_permission",
  "eligible_later",
] as const;

/** An instance on the site of an event, with its deliveries or the reason why there are none. */
export interface EventRecipient {
  readonly instance: Pick<InstanceSequencesTable, "instance_id" | "app_id" | "state">;
  readonly deliveries: readonly DeliveriesTable[];
  readonly reason: NoDelivery | null;
}

/** Throws `EVENT_NOT_FOUND`. */
export async function readEvent(db: Queries, eventId: string): Promise<EventsTable> {
  const event = await db.selectFrom("events").selectAll().where("event_id", "=", eventId).executeTakeFirst();
  if (event === undefined) throw new ApiError("EVENT_NOT_FOUND");
  return event;
}

const eventsOfSite: NewestFirst = { id: "event_id", filters: { siteId: "site_id" }, indexes: [["siteId"]] };

/** Events of a site, newest first. */
export async function listEvents(
  db: Queries,
  filters: ListFilters & { siteId: string },
  page: Page,
): Promise<FoundPage<EventsTable>> {
  return await findNewest(db, db.selectFrom("events").selectAll(), { list: eventsOfSite, filters, page });
}

/** The instances that an event concerns, by id: one, all on its site, or none for an event of an app without an instance. The rules are those of the fan-out. */
export async function listRecipients(db: Queries, event: EventsTable, page: Page): Promise<EventRecipient[]> {
  let select = db.selectFrom("instance_sequences").select(["instance_id", "app_id", "state"]);
  select =
    event.instance_id === null && event.app_id === null
      ? select.where("site_id", "=", event.site_id)
      : select.where("instance_id", "=", event.instance_id ?? "");
  const instances = await pageAfter(select, "instance_id", page).execute();
  if (instances.length === 0) return [];
  const deliveries = await db
    .selectFrom("deliveries")
    .selectAll()
    .where("event_id", "=", event.event_id)
    .where(
      "instance_id",
      "in",
      instances.map((instance) => instance.instance_id),
    )
    .orderBy("webhook_id")
    .execute();
  const byInstance = Map.groupBy(deliveries, (delivery) => delivery.instance_id);
  const reader = new SubscriberReader(db);
  return await Promise.all(
    instances.map(async (instance) => {
      const own = byInstance.get(instance.instance_id) ?? [];
      const reason = own.length > 0 ? null : await reasonFor(reader, event, instance);
      return { instance, deliveries: own, reason };
    }),
  );
}

async function reasonFor(
  reader: SubscriberReader,
  event: EventsTable,
  instance: EventRecipient["instance"],
): Promise<NoDelivery> {
  const isFannedOut = event.fanned_out_at !== null || instance.instance_id <= (event.fan_out_cursor ?? "");
  if (!isFannedOut) return "not_fanned_out";
  if (instance.state === "removed") return "not_installed";
  // A suspended instance gets the events that concern itself.
  if (instance.state === "suspended" && event.instance_id === null) return "suspended";
  if ((await reader.subscribed(event.event_type, [instance])).length === 0) return "not_subscribed";
  const permitted = await reader.read(event.event_type, [instance]);
  return permitted.size === 0 ? "no_permission" : "eligible_later";
}
