import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { Write } from "../../../infrastructure/database/index.ts";

/** What happened to an entity: one of the four. */
export interface EntityChange {
  readonly createdEvent?: { readonly entity: Json } | undefined;
  readonly updatedEvent?:
    | { readonly currentEntity: Json; readonly modifiedFields?: Json | undefined }
    | undefined;
  readonly deletedEvent?: { readonly deletedEntity?: Json | undefined } | undefined;
  readonly actionEvent?: { readonly body: Json } | undefined;
}

/** What a platform owner tells of an entity. */
export interface EntityEvent extends EntityChange {
  /** Such as `acme.bookings.v1.booking`. */
  readonly entityFqdn: string;
  /** `created`, `updated`, `deleted`, or the name of an action. */
  readonly slug: string;
  readonly entityId: string;
  /** Who made the change: another platform's name, or empty. */
  readonly originatedFrom?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** The event type that the envelope stands for. */
export function eventTypeOf(event: Pick<EntityEvent, "entityFqdn" | "slug">): string {
  return `${event.entityFqdn}_${event.slug}`;
}

/** Puts an entity's event into the envelope of domain events (wire §4.4), under the entity's next number. */
export async function wrap(
  trx: Write,
  event: EntityEvent,
  { eventId, now, siteId }: { eventId: string; siteId: string; now: number },
): Promise<Record<string, unknown>> {
  const { entityFqdn, entityId, originatedFrom, slug, ...change } = event;
  return {
    id: eventId,
    entityFqdn,
    slug,
    entityId,
    eventTime: isoTime(now),
    triggeredByAnonymizeRequest: false,
    originatedFrom: originatedFrom ?? "",
    entityEventSequence: String(await takeEntitySequence(trx, { siteId, entityFqdn, entityId })),
    ...change,
  };
}

async function takeEntitySequence(
  trx: Write,
  entity: { siteId: string; entityFqdn: string; entityId: string },
): Promise<number> {
  const { last_sequence } = await trx
    .insertInto("entity_sequences")
    .values({
      site_id: entity.siteId,
      entity_fqdn: entity.entityFqdn,
      entity_id: entity.entityId,
      last_sequence: 1,
    })
    .onConflict((conflict) =>
      conflict.columns(["site_id", "entity_fqdn", "entity_id"]).doUpdateSet((eb) => ({
        last_sequence: eb("entity_sequences.last_sequence", "+", 1),
      })),
    )
    .returning("last_sequence")
    .executeTakeFirstOrThrow();
  return last_sequence;
}
