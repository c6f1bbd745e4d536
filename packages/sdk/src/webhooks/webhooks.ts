import { nearestName } from "@latchkey/protocol";
import type { Incoming } from "../connection.ts";
import { LatchkeyError } from "../errors.ts";
import { didYouMean } from "../options/known-options.ts";
import { callBack } from "../reports/call-back.ts";
import { reporting } from "../reports/reporting.ts";
import { type EventDefinition, envelopeFor, isEventDefinition } from "./event-definition.ts";
import { type HandledEvents, rememberInMemory } from "./handled-events.ts";
import { type KnownEventType, knownEventTypes } from "./known-event-types.ts";
import type { WebhookPayloads } from "./payloads.ts";
import { readBody, requireText } from "./read-body.ts";
import { type EventPosition, followSequences, type MissingEvents } from "./sequences.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** Options of webhooks. */
export interface WebhookOptions {
  /** The accepted issuer. Default: `apiUrl`. */
  readonly issuer?: string | undefined;
  /** The store of handled events. With `"none"`, an event is handled at each delivery. Default: in memory. */
  readonly handledEvents?: HandledEvents | "none" | undefined;
  /**
   * When `app.fetch` responds. `"after"`: after the handlers, so that the platform retries when they fail.
   * `"before"`: before the handlers, for handlers that exceed the platform's timeout. Default: `"after"`.
   */
  readonly ack?: "before" | "after" | undefined;
  /** Extends the lifetime of a worker until handlers finish after the response, such as `ctx.waitUntil`. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Called for events without a handler. Their response is 200. */
  readonly onUnhandled?: ((event: WebhookEvent) => unknown) | undefined;
  /** Called when a handler throws. Default: `console.error`. */
  readonly onError?: ((error: unknown, event: WebhookEvent) => unknown) | undefined;
}

/** The argument of a handler. */
export interface HandledEvent<Payload = Readonly<Record<string, unknown>>> extends WebhookEvent<Payload> {
  /**
   * Whether this process has already handled a later event of the same instance, because this one was retried or
   * resent. To know this across processes and restarts, store `sequence` with the app's data and compare.
   */
  readonly late: boolean;
  /**
   * The range of earlier events of the instance that this process has not handled, because they have not arrived or
   * their handler failed. They can arrive later, here or in another process. Undefined when none are missing, when
   * they were already reported, and for the first event of the instance in this process.
   */
  readonly missing?: MissingEvents | undefined;
}

/** Handles an event. */
export type WebhookHandler<Event> = (event: Event) => unknown;

/** A processed event. */
export interface ProcessedEvent extends WebhookEvent {
  /** Whether the event was already handled, so that no handler ran. */
  readonly duplicate: boolean;
  /** Whether the event has a handler. */
  readonly handled: boolean;
}

/** Verifies webhooks and runs the handlers of each event once. */
export interface Webhooks<Extra extends object = object> {
  /**
   * Registers a handler for an event type, or for an event of a module.
   *
   * @throws {LatchkeyError} `invalid_option` when the event type is almost, but not quite, that of a built-in type
   * @example
   * import { createApp } from "@latchkey/sdk";
   *
   * const app = createApp({ appId: "<APP_ID>", appSecret: "<APP_SECRET>" });
   * app.webhooks.on("AppInstalled", async ({ instanceId }) => console.log("installed:", instanceId));
   */
  on<Type extends keyof WebhookPayloads>(
    eventType: Type,
    handler: WebhookHandler<HandledEvent<WebhookPayloads[Type]> & Extra>,
  ): void;
  on<Envelope>(event: EventDefinition<Envelope>, handler: WebhookHandler<Envelope>): void;
  on<Payload = Readonly<Record<string, unknown>>, Type extends string = string>(
    eventType: Type & KnownEventType<Type>,
    handler: WebhookHandler<HandledEvent<Payload> & Extra>,
  ): void;
  /**
   * Verifies the JWT of a webhook and runs the handlers of its event type. An event without a handler is not an
   * error.
   *
   * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`, `body_already_read`,
   *   `delivery_in_progress`, and errors of handlers
   */
  process(jwt: string, options?: ProcessOptions): Promise<ProcessedEvent>;
  /** Verifies the webhook in a request and runs its handlers. */
  processRequest(request: Request, options?: ProcessOptions): Promise<ProcessedEvent>;
  /** Verifies the JWT of a webhook and returns its event, without running handlers. Throws as `process` does. */
  parseJWT(jwt: string): Promise<WebhookEvent>;
  /** Verifies the webhook in a request and returns its event, without running handlers. */
  parseRequest(request: Request): Promise<WebhookEvent>;
}

/** Options that exist for compatibility with the third-party client. */
export interface ProcessOptions {
  /** Ignored: every event type is accepted. */
  readonly expectedEvents?: readonly { readonly type: string }[] | undefined;
}

/** The dependencies of webhooks. */
export interface WebhookDependencies extends Incoming {
  readonly options: WebhookOptions;
  /** Returns additional members for the argument of handlers. */
  extend(event: WebhookEvent): object;
  /** Called with the error of a webhook that is not valid. */
  readonly refused?: (error: unknown) => void;
}

/** Webhooks, and the step that `app.fetch` runs after the verification. */
export interface WebhookReceiver {
  readonly webhooks: Webhooks;
  /** Runs the handlers of a verified event once. */
  dispatch(event: WebhookEvent): Promise<ProcessedEvent>;
}

/** The lifetime of a claim, in milliseconds. */
const claimMs = 10 * 60_000;
/** The time for which handled events are remembered, in milliseconds. */
const rememberMs = 7 * 24 * 3_600_000;

export function createWebhooks(dependencies: WebhookDependencies): WebhookReceiver {
  const { clock, options } = dependencies;
  const handlers = new Map<string, WebhookHandler<HandledEvent>[]>();
  const sequences = followSequences();
  const once = runOnce(options.handledEvents ?? rememberInMemory());

  const run = async (event: WebhookEvent, position: EventPosition): Promise<boolean> => {
    const own = handlers.get(event.eventType) ?? [];
    const given = Object.assign(dependencies.extend(event), event, position);
    await dependencies.runForInstance(event.instanceId, () =>
      Promise.all(own.map(async (handler) => handler(given))),
    );
    if (own.length === 0) await options.onUnhandled?.(event);
    return own.length > 0;
  };
  const verify = (read: () => unknown): Promise<WebhookEvent> =>
    reporting(dependencies.refused, async () => {
      const jwt = requireText(await read());
      // Loaded on use, so that clients that only call APIs do not load it.
      const { verifyWebhook } = await import("./verify-webhook.ts");
      return await verifyWebhook(jwt, { ...dependencies, now: clock.now() });
    });
  const dispatch = async (event: WebhookEvent): Promise<ProcessedEvent> => {
    const handled = await once(event, () => sequences.follow(event, (position) => run(event, position)));
    const duplicate = handled === "duplicate";
    return { ...event, duplicate, handled: handled === true || (duplicate && handlers.has(event.eventType)) };
  };
  const webhooks: Webhooks = Object.freeze({
    on(event: string | EventDefinition, handler: WebhookHandler<never>) {
      const type = typeof event === "string" ? event : event?.type;
      const known = typeof event === "string" || isEventDefinition(event);
      if (!known || typeof type !== "string" || typeof handler !== "function") {
        throw new TypeError("on() takes an event type, or an event of a module, and a function.");
      }
      if (typeof event === "string") requireNoTypingError(event);
      const run = handler as WebhookHandler<unknown>;
      const wrapped =
        typeof event === "string" ? run : (given: HandledEvent) => run(envelopeFor(event, given));
      handlers.set(type, [...(handlers.get(type) ?? []), wrapped]);
    },
    parseJWT: (jwt) => verify(() => jwt),
    parseRequest: (request) => verify(() => readBody(request)),
    process: async (jwt) => dispatch(await webhooks.parseJWT(jwt)),
    processRequest: async (request) => dispatch(await webhooks.parseRequest(request)),
  } satisfies Webhooks);
  return { webhooks, dispatch };
}

/** Types of a platform owner have any name, except one that is almost that of a built-in type. */
function requireNoTypingError(eventType: string): void {
  const meant = nearestName(eventType, knownEventTypes);
  if (meant === undefined || meant === eventType) return;
  throw new LatchkeyError(
    "invalid_option",
    `on() got the event type ${JSON.stringify(eventType)}.${didYouMean(meant)}`,
  );
}

/** Runs the work of an event unless it is already handled. A second delivery during the work waits for it. */
function runOnce(store: HandledEvents | "none") {
  const running = new Map<string, Promise<unknown>>();
  return async (event: WebhookEvent, work: () => Promise<boolean>): Promise<boolean | "duplicate"> => {
    const { eventId } = event;
    if (store === "none" || eventId === undefined) return await work();
    const before = running.get(eventId);
    if (before !== undefined) {
      await before;
      return "duplicate";
    }
    const claim = runClaimed(store, eventId, work);
    running.set(eventId, claim);
    try {
      return await claim;
    } finally {
      running.delete(eventId);
    }
  };
}

async function runClaimed(
  store: HandledEvents,
  eventId: string,
  work: () => Promise<boolean>,
): Promise<boolean | "duplicate"> {
  const state = await store.claim(eventId, claimMs);
  if (state === "done") return "duplicate";
  if (state === "busy") {
    throw new LatchkeyError(
      "delivery_in_progress",
      "The event is being handled by another process. The platform delivers it again.",
      {
        retryable: true,
      },
    );
  }
  let handled: boolean;
  try {
    handled = await work();
  } catch (error) {
    await callBack(() => store.release(eventId));
    throw error;
  }
  await store.complete(eventId, rememberMs);
  return handled;
}
