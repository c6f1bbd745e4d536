import { z } from "zod";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { dottedName, text } from "../../../infrastructure/routes/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { isReserved } from "./built-in-event-types.ts";
import { createEventType, listEventTypes } from "./event-types.queries.ts";

const tag = "Events";

/** Name of an event type. For domain events: name of the entity, `_`, and what happened (wire §4.4). */
export const eventTypeName: z.ZodString = z
  .string()
  .max(150)
  .regex(
    /^[A-Za-z][A-Za-z0-9._-]*$/,
    "must begin with a letter and have only letters, digits, dots, hyphens and underscores",
  )
  .meta({ description: "Such as AppInstalled or acme.bookings.v1.booking_created" });

const ownName = eventTypeName.refine((name) => !isReserved(name), {
  message: "must not begin with latchkey., which is reserved for the platform",
  params: { rule: "FORMAT" },
});

const eventTypeResponse = z
  .object({
    eventType: z.string(),
    description: z.string(),
    permissionId: z
      .string()
      .nullable()
      .meta({ description: "The permission that an instance needs to receive the event; null: none" }),
  })
  .meta({ id: "EventType", description: "A type of event that apps can subscribe to" });

/** Routes for event types. */
export function eventTypeRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    list({
      path: "/event-types",
      tag,
      operationId: "listEventTypes",
      summary: "List event types",
      scope: "webhooks:read",
      accounts: ["developer"],
      portal: ["webhooks"],
      servesBoundKeys: true,
      item: eventTypeResponse,
      find: ({ db, page }) => listEventTypes(db, page),
      position: (type) => type.eventType,
      show: (type) => type,
    }),
    change({
      method: "POST",
      path: "/event-types",
      tag,
      operationId: "createEventType",
      summary: "Create an event type that you publish events of",
      scope: "events:publish",
      example: { eventType: "BookingCreated", description: "Somebody booked a table" },
      errors: ["EVENT_TYPE_EXISTS"],
      body: z.strictObject({
        eventType: ownName,
        description: text(500),
        permissionId: dottedName.optional(),
      }),
      response: eventTypeResponse,
      async handle({ trx, actor, body, now }) {
        const type = { ...body, permissionId: body.permissionId ?? null };
        await createEventType(trx, type, now);
        await audit.append(trx, actor, { action: "event-type.created", details: type });
        return type;
      },
    }),
  ];
}
