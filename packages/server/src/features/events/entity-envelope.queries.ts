import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Write } from "../../infrastructure/database/index.ts";

/** A change of an entity: exactly one of the four is present. */
export interface EntityChange {
  readonly createdEvent?: { readonly entity: Json } | undefined;
  readonly updatedEvent?:
    | { readonly currentEntity: Json; readonly modifiedFields?: Json | undefined }
    | undefined;
  readonly deletedEvent?: { readonly deletedEntity?: Json | undefined } | undefined;
  readonly actionEvent?: { readonly body: Json } | undefined;
}

/** An event of an entity, as a platform owner publishes it. */
export interface EntityEvent extends EntityChange {
  /** Name of the entity, such as `acme.bookings.v1.booking`. */
  readonly entityFqdn: string;
  /** `created`, `updated`, `deleted`, or the name of an action. */
  readonly slug: string;
  readonly entityId: string;
  /** Name of another platform that made the change. Default: empty. */
  readonly originatedFrom?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** The event type of an entity's event. */
export function eventTypeOf(event: Pick<EntityEvent, "entityFqdn" | "slug">): string {
  return `${event.entityFqdn}_${event.slug}`;
}

/** Wraps an entity's event in the envelope of domain events (wire §4.4), with the entity's next sequence. */
export async function wrapInEnvelope(
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
    entityEventSequence: String(await nextEntitySequence(trx, { siteId, entityFqdn, entityId })),
    ...change,
  };
}

async function nextEntitySequence(
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
