import type { Identity } from "@latchkey/protocol";
import type { WebhookEvent } from "./webhook-event.ts";

/** The definition of an event, ours or third-party. */
export interface EventDefinition<Envelope = unknown> {
  readonly __type: "event-definition";
  readonly type: string;
  readonly isDomainEvent?: boolean;
  readonly transformations?: (envelope: unknown) => Envelope;
  /** Exists only as a type: the argument of handlers. */
  readonly __payload: Envelope;
}

/** The metadata of an event. */
export interface EventMetadata {
  readonly instanceId: string;
  readonly identity?: Identity;
  readonly eventId?: string;
  /** The position among all events of the instance for this app. */
  readonly sequence?: number;
  /** Whether this process has already handled a later event of the instance. Absent in the client of `@wix/sdk`. */
  readonly late?: boolean;
}

/** The argument of a handler of a module's event. */
export interface EventEnvelope<Data> {
  readonly data: Data;
  readonly metadata: EventMetadata;
}

/** Checks whether a value is the definition of an event. */
export function isEventDefinition(value: unknown): value is EventDefinition {
  return (value as { __type?: unknown } | null | undefined)?.__type === "event-definition";
}

/** Defines an event for our client and the third-party client. */
export function defineEvent<Data>(
  type: string,
  withNames: (value: unknown) => unknown,
): EventDefinition<EventEnvelope<Data>> {
  const transformations = (envelope: unknown): EventEnvelope<Data> => {
    const { data, metadata } = envelope as EventEnvelope<Data>;
    return { data: withNames(data) as Data, metadata };
  };
  // `__payload` exists only as a type.
  return { __type: "event-definition", type, isDomainEvent: false, transformations } as EventDefinition<
    EventEnvelope<Data>
  >;
}

/** Creates the argument of a handler, in the form of the third-party client (wire §4.3, 4.4). */
export function envelopeFor(
  definition: EventDefinition,
  event: WebhookEvent & Pick<EventMetadata, "late">,
): unknown {
  const { accountInfo, eventId, identity, instanceId, late, sequence } = event;
  const metadata = { instanceId, identity, accountInfo, eventId, sequence, late };
  const envelope = definition.isDomainEvent
    ? domainEnvelope(event.payload, metadata)
    : { data: structuredClone(event.payload), metadata };
  const { modifiedFields, ...rest } = envelope as { modifiedFields?: unknown };
  const shown = definition.transformations?.(rest) ?? rest;
  return modifiedFields === undefined ? shown : { ...(shown as object), modifiedFields };
}

function domainEnvelope(payload: WebhookEvent["payload"], base: object): object {
  const { actionEvent, createdEvent, deletedEvent, updatedEvent, ...facts } = structuredClone(
    payload,
  ) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const metadata = { ...base, ...facts };
  if (actionEvent !== undefined) return { data: actionEvent.body, metadata };
  if (deletedEvent !== undefined) {
    const { deletedEntity } = deletedEvent;
    return deletedEntity === undefined ? { metadata } : { entity: deletedEntity, metadata };
  }
  if (updatedEvent === undefined) return { entity: createdEvent?.entity, metadata };
  const { currentEntity, modifiedFields } = updatedEvent;
  return { entity: currentEntity, metadata, ...(modifiedFields === undefined ? {} : { modifiedFields }) };
}
