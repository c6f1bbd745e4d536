import { z } from "zod";
import type { Ids, Write } from "../../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../../infrastructure/errors/index.ts";
import { change, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { guid, identity, text } from "../../../infrastructure/routes/index.ts";
import { type EntityEvent, type EventLog, eventTypeOf, wrapInEnvelope } from "../../events/index.ts";
import { readInstance } from "../../instances/index.ts";
import { lockSiteShared } from "../../sites/index.ts";
import { isPublishedByPlatform } from "./built-in-event-types.ts";
import { readEventType } from "./event-types.queries.ts";
import { eventTypeName } from "./event-types.routes.ts";

const json = z.record(z.string(), z.unknown());

const entityEvent = z
  .strictObject({
    entityFqdn: eventTypeName.max(120).meta({ description: "Such as acme.bookings.v1.booking" }),
    slug: z
      .string()
      .max(29)
      .regex(/^[a-z][a-z0-9_]*$/, "must begin with a letter and have only a-z, 0-9 and _")
      .meta({ description: "created, updated, deleted, or the name of an action" }),
    entityId: text(100),
    originatedFrom: text(100).optional(),
    createdEvent: z.strictObject({ entity: json }).optional(),
    updatedEvent: z.strictObject({ currentEntity: json, modifiedFields: json.optional() }).optional(),
    deletedEvent: z.strictObject({ deletedEntity: json.optional() }).optional(),
    actionEvent: z.strictObject({ body: json }).optional(),
  })
  .refine((event) => changes.filter((name) => event[name] !== undefined).length === 1, {
    message: "must have exactly one of createdEvent, updatedEvent, deletedEvent, actionEvent",
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  })
  .meta({ description: "Delivered in the envelope of domain events, with the entity's next sequence" });

const changes = ["createdEvent", "updatedEvent", "deletedEvent", "actionEvent"] as const;

const newEvent = z
  .strictObject({
    siteId: guid,
    instanceId: guid.optional().meta({
      description: "The only instance that receives the event. Default: every instance on the site",
    }),
    eventType: eventTypeName,
    payload: json.optional().meta({ description: "Delivered unchanged" }),
    entity: entityEvent.optional(),
    identity: identity.optional().meta({ description: "Who caused it" }),
  })
  .refine((event) => (event.payload === undefined) !== (event.entity === undefined), {
    message: "must have exactly one of payload, entity",
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });

/** The route with which platform owners publish events. */
export function eventRoutes({ events, ids }: { events: EventLog; ids: Ids }): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/events",
      tag: "Events",
      operationId: "publishEvent",
      summary: "Publish an event to the apps on a site that subscribe to its type and have its permission",
      scope: "events:publish",
      example: { siteId: "$SITE_ID", eventType: "BookingCreated", payload: { seats: 2 } },
      errors: ["SITE_NOT_FOUND", "EVENT_TYPE_NOT_FOUND", "INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED"],
      body: newEvent,
      response: z
        .object({ eventId: z.guid() })
        .meta({ id: "PublishedEvent", description: "The stored event" }),
      async handle({ trx, body, now }) {
        const { entity, eventType, instanceId, siteId } = body;
        await requirePublishable(trx, body);
        await lockSiteShared(trx, siteId);
        const instance = instanceId === undefined ? undefined : await readInstance(trx, instanceId);
        if (instance !== undefined && instance.siteId !== siteId) throw new ApiError("INSTANCE_NOT_FOUND");
        if (instance?.state === "removed") throw new ApiError("INSTANCE_NOT_INSTALLED");
        const eventId = ids.ordered();
        const payload =
          entity === undefined
            ? (body.payload ?? {})
            : await wrapInEnvelope(trx, entity, { eventId, siteId, now });
        await events.append(trx, [
          {
            eventId,
            eventType,
            siteId,
            payload,
            ...(instance === undefined ? {} : { instanceId: instance.instanceId, appId: instance.appId }),
            ...(body.identity === undefined ? {} : { identity: body.identity }),
          },
        ]);
        return { eventId };
      },
    }),
  ];
}

/** Throws `EVENT_TYPE_NOT_FOUND`, and a violation for types of the platform, of resources and of other entities. */
async function requirePublishable(
  trx: Write,
  { entity, eventType }: { eventType: string; entity?: EntityEvent | undefined },
): Promise<void> {
  if (isPublishedByPlatform(eventType) || (await readEventType(trx, eventType)).resource !== null) {
    throw invalidField("eventType", "is published by the platform itself", "INVALID_ENUM_VALUE");
  }
  const expected = entity === undefined ? eventType : eventTypeOf(entity);
  if (eventType === expected) return;
  throw invalidField("eventType", `must be ${expected} for this entity`, "VALIDATION");
}
