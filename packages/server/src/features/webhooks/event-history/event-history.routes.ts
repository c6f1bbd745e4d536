import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { EventsTable } from "../../../infrastructure/database/index.ts";
import { list, type ManagementRoute, read, timeFilters } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { readSite } from "../../sites/index.ts";
import { deliveryItem, showDelivery } from "../deliveries/index.ts";
import {
  type EventRecipient,
  listEvents,
  listRecipients,
  noDeliveryReasons,
  readEvent,
} from "./event-history.queries.ts";

const tag = "Events";

const eventFields = {
  eventId: z.guid(),
  eventType: z.string(),
  siteId: z.string().meta({ description: "Empty for a test" }),
  instanceId: z.guid().nullable().meta({ description: "The only instance that it concerns" }),
  occurredAt: time,
  fannedOutAt: time.nullable().meta({ description: "When all its deliveries existed" }),
};

const eventItem = z
  .object(eventFields)
  .meta({ id: "Event", description: "Something that happened on a site" });

const eventResponse = z
  .object({
    ...eventFields,
    payload: z.record(z.string(), z.unknown()),
    identity: z.record(z.string(), z.unknown()).nullable().meta({ description: "Who caused the event" }),
  })
  .meta({ id: "EventDetails", description: "An event with its payload" });

const recipient = z
  .object({
    instanceId: z.guid(),
    appId: z.guid(),
    deliveries: z.array(deliveryItem),
    reason: z.enum(noDeliveryReasons).nullable().meta({
      description:
        "Why there is no delivery, by the state of now. not_fanned_out: it is about to be fanned out. no_permission: no granted scope includes the permission of the event type. eligible_later: it would get the event now, and did not then",
    }),
  })
  .meta({ id: "EventRecipient", description: "An instance on the site of an event" });

/** Routes that show events, and what became of them. */
export function eventHistoryRoutes(): readonly ManagementRoute[] {
  return [
    list({
      path: "/sites/{siteId}/events",
      tag,
      operationId: "listEvents",
      summary:
        "List the events of a site, newest first; they are kept for 30 days, or as the settings of retention say",
      scope: "events:read",
      accounts: ["site-owner"],
      filters: z.strictObject(timeFilters),
      item: eventItem,
      errors: ["SITE_NOT_FOUND"],
      async find({ db, filters, ids, page }) {
        await readSite(db, ids.siteId);
        return await listEvents(db, { ...filters, siteId: ids.siteId }, page);
      },
      position: (event) => event.event_id,
      show: showEvent,
    }),
    read({
      path: "/events/{eventId}",
      tag,
      operationId: "getEvent",
      summary: "Read an event with its payload",
      scope: "events:read",
      errors: ["EVENT_NOT_FOUND"],
      response: eventResponse,
      async handle({ db, ids }) {
        const event = await readEvent(db, ids.eventId);
        return {
          ...showEvent(event),
          payload: JSON.parse(event.payload),
          identity: event.identity === null ? null : JSON.parse(event.identity),
        };
      },
    }),
    list({
      path: "/events/{eventId}/recipients",
      tag,
      operationId: "listEventRecipients",
      summary: "List the instances on the site of an event: their deliveries, or why there are none",
      scope: "events:read",
      errors: ["EVENT_NOT_FOUND"],
      item: recipient,
      find: async ({ db, ids, page }) => await listRecipients(db, await readEvent(db, ids.eventId), page),
      position: ({ instance }) => instance.instance_id,
      show: showRecipient,
    }),
  ];
}

function showEvent(event: EventsTable): z.input<typeof eventItem> {
  return {
    eventId: event.event_id,
    eventType: event.event_type,
    siteId: event.site_id,
    instanceId: event.instance_id,
    occurredAt: isoTime(event.occurred_at),
    fannedOutAt: event.fanned_out_at === null ? null : isoTime(event.fanned_out_at),
  };
}

function showRecipient({ deliveries, instance, reason }: EventRecipient): z.input<typeof recipient> {
  return {
    instanceId: instance.instance_id,
    appId: instance.app_id,
    deliveries: deliveries.map(showDelivery),
    reason,
  };
}
