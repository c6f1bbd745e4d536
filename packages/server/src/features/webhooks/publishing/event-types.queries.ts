import type { EventTypesTable, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError, invalidField, OperatorError } from "../../../infrastructure/errors/index.ts";
import type { Page } from "../../../infrastructure/management/index.ts";
import { builtInEventTypes, type EventTypeDefinition } from "./built-in-event-types.ts";

/** The event types that a resource declares. */
export interface DeclaredEventTypes {
  /** The name of the resource. */
  readonly name: string;
  readonly eventTypes: readonly (Omit<EventTypeDefinition, "permissionId"> & {
    readonly permissionId?: string;
  })[];
}

/**
 * Stores the event types of the platform and of the configured resources.
 *
 * Throws `resource_collision` when one of them was created with the management API.
 */
export async function ensureEventTypes(
  trx: Write,
  resources: readonly DeclaredEventTypes[],
  now: number,
): Promise<void> {
  await trx
    .insertInto("event_types")
    .values(builtInEventTypes.map((type) => toRow(type, now)))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  for (const { eventTypes, name } of resources) {
    for (const { description, eventType, permissionId = null } of eventTypes) {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto("event_types")
        .values({ ...toRow({ description, eventType, permissionId }, now), resource: name })
        .onConflict((conflict) =>
          conflict
            .column("event_type")
            .doUpdateSet({ description, permission_id: permissionId, resource: name })
            .where("event_types.resource", "is not", null),
        )
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows !== 0n) continue;
      const what = `The resource ${name} declares the event type ${eventType}, which was created with the management API.`;
      throw new OperatorError("resource_collision", what);
    }
  }
}

/** Throws `EVENT_TYPE_EXISTS`, and a violation for an unknown permission. */
export async function createEventType(trx: Write, type: EventTypeDefinition, now: number): Promise<void> {
  if (type.permissionId !== null) await requirePermission(trx, type.permissionId);
  const result = await trx
    .insertInto("event_types")
    .values(toRow(type, now))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows === 0n) throw new ApiError("EVENT_TYPE_EXISTS");
}

/** Reads an event type, and the resource that declares it. Throws `EVENT_TYPE_NOT_FOUND`. */
export async function readEventType(
  db: Queries,
  eventType: string,
): Promise<EventTypeDefinition & { readonly resource: string | null }> {
  const row = await db
    .selectFrom("event_types")
    .selectAll()
    .where("event_type", "=", eventType)
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("EVENT_TYPE_NOT_FOUND");
  return { ...fromRow(row), resource: row.resource };
}

/** Event types by name, after `after`. */
export async function listEventTypes(db: Queries, page: Page): Promise<EventTypeDefinition[]> {
  const rows = await db
    .selectFrom("event_types")
    .selectAll()
    .where("event_type", ">", page.after)
    .orderBy("event_type")
    .limit(page.limit)
    .execute();
  return rows.map(fromRow);
}

function fromRow(row: EventTypesTable): EventTypeDefinition {
  return { eventType: row.event_type, description: row.description, permissionId: row.permission_id };
}

function toRow({ description, eventType, permissionId }: EventTypeDefinition, now: number) {
  return { event_type: eventType, description, permission_id: permissionId, resource: null, created_at: now };
}

async function requirePermission(trx: Write, permissionId: string): Promise<void> {
  const row = await trx
    .selectFrom("permissions")
    .select("permission_id")
    .where("permission_id", "=", permissionId)
    .executeTakeFirst();
  if (row !== undefined) return;
  throw invalidField("permissionId", "is not the id of a permission of this platform", "INVALID_ENUM_VALUE");
}
