import { webhookType } from "@latchkey/protocol";
import type { Incoming } from "../connection.ts";
import { LatchkeyError } from "../errors.ts";
import { verifyJwt } from "../keys/verify-jwt.ts";
import { type EventDefinition, envelopeFor, isEventDefinition } from "./event-definition.ts";
import { type HandledEvents, rememberInMemory } from "./handled-events.ts";
import type { WebhookPayloads } from "./payloads.ts";
import { readBody, requireText } from "./read-body.ts";
import { type EventPosition, followSequences, type MissingEvents } from "./sequences.ts";
import { readEvent, type WebhookEvent } from "./webhook-event.ts";

/** How webhooks are handled. */
export interface WebhookOptions {
  /** Who signs. Default: `apiUrl`. */
  readonly issuer?: string | undefined;
  /** Where it is kept what was handled; `"none"` handles an event each time it comes. Default: in memory. */
  readonly handledEvents?: HandledEvents | "none" | undefined;
  /**
   * When `app.fetch` answers: `after` the handlers, so that what fails is delivered again; or `before` them, for
   * handlers that take longer than the platform waits. Default: `"after"`.
   */
  readonly ack?: "before" | "after" | undefined;
  /** Keeps a worker alive while handlers run behind the response, such as `ctx.waitUntil`. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Is told of events that no handler is for. They are answered as received. */
  readonly onUnhandled?: ((event: WebhookEvent) => unknown) | undefined;
  /** Is told when a handler throws. Default: prints it to standard error. */
  readonly onError?: ((error: unknown, event: WebhookEvent) => unknown) | undefined;
}

/** What a handler gets. */
export interface HandledEvent<Payload = Readonly<Record<string, unknown>>> extends WebhookEvent<Payload> {
  /**
   * Whether this process has handled a later event of the same instance: this one is a retry, or was resent. An app
   * that must know across processes and restarts stores `sequence` with its own data, and compares.
   */
  readonly late: boolean;
  /**
   * The range of earlier events of the instance that this process has not handled: they have not come, or their handler
   * failed. They may come later, here or in another process. Undefined when there are none, when they were reported with
   * an earlier event, or when this is the first event of the instance in this process.
   */
  readonly missing?: MissingEvents | undefined;
}

/** Handles what the app gets of one kind. */
export type WebhookHandler<Event> = (event: Event) => unknown;

/** How an event was processed. */
export interface ProcessedEvent extends WebhookEvent {
  /** Whether it was handled before, so that no handler ran now. */
  readonly duplicate: boolean;
  /** Whether there is a handler for it. */
  readonly handled: boolean;
}

/** Receives webhooks: checks who sent them, and gives each event to its handlers once. */
export interface Webhooks<Extra extends object = object> {
  /**
   * Registers a handler for an event type, or for an event of a module.
   *
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
  on<Payload = Readonly<Record<string, unknown>>>(
    eventType: string,
    handler: WebhookHandler<HandledEvent<Payload> & Extra>,
  ): void;
  /**
   * Checks a webhook's JWT and runs the handlers of its event type. What no handler is for is no error.
   *
   * @throws {LatchkeyError} `invalid_delivery`, `missing_public_key`, `invalid_public_key`, `body_already_read`,
   *   `delivery_in_progress`, and what a handler throws
   */
  process(jwt: string, options?: ProcessOptions): Promise<ProcessedEvent>;
  /** The same for the request that brought it. */
  processRequest(request: Request, options?: ProcessOptions): Promise<ProcessedEvent>;
  /** Checks a webhook's JWT and gives its event, without running anything. Throws as `process` does. */
  parseJWT(jwt: string): Promise<WebhookEvent>;
  /** The same for the request that brought it. */
  parseRequest(request: Request): Promise<WebhookEvent>;
}

/** For code that was written for the third-party client. */
export interface ProcessOptions {
  /** Taken as it is there, and not needed: no event type is refused here. */
  readonly expectedEvents?: readonly { readonly type: string }[] | undefined;
}

/** What receiving is built on. */
export interface WebhookDependencies extends Incoming {
  readonly options: WebhookOptions;
  /** What handlers get besides the event. */
  extend(event: WebhookEvent): object;
}

/** Webhooks with what `app.fetch` needs of them. */
export interface WebhookReceiver extends Webhooks {
  /** Gives a genuine event to its handlers, once. */
  dispatch(event: WebhookEvent): Promise<ProcessedEvent>;
}

/** How long a claim holds while handlers run, and how long it is remembered that they have. */
const claimMs = 10 * 60_000;
const rememberMs = 7 * 24 * 3_600_000;

export function createWebhooks(dependencies: WebhookDependencies): WebhookReceiver {
  const { appId, clock, issuer, keys, options, thirdParty } = dependencies;
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
  const receiver: WebhookReceiver = {
    on(event: string | EventDefinition, handler: WebhookHandler<never>) {
      const type = typeof event === "string" ? event : event?.type;
      const known = typeof event === "string" || isEventDefinition(event);
      if (!known || typeof type !== "string" || typeof handler !== "function") {
        throw new TypeError("on() takes an event type, or an event of a module, and a function.");
      }
      const run = handler as WebhookHandler<unknown>;
      const wrapped =
        typeof event === "string" ? run : (given: HandledEvent) => run(envelopeFor(event, given));
      handlers.set(type, [...(handlers.get(type) ?? []), wrapped]);
    },
    async parseJWT(jwt) {
      const expected = { what: "webhook", type: webhookType, appId, issuer, keys, thirdParty };
      return readEvent(await verifyJwt(requireText(jwt), { ...expected, now: clock.now() }));
    },
    parseRequest: async (request) => receiver.parseJWT(await readBody(request)),
    process: async (jwt) => receiver.dispatch(await receiver.parseJWT(jwt)),
    processRequest: async (request) => receiver.dispatch(await receiver.parseRequest(request)),
    async dispatch(event) {
      const handled = await once(event, () => sequences.follow(event, (position) => run(event, position)));
      const duplicate = handled === "duplicate";
      return {
        ...event,
        duplicate,
        handled: handled === true || (duplicate && handlers.has(event.eventType)),
      };
    },
  };
  return receiver;
}

/** Runs the work of an event unless that was done; one that comes while it is being done waits for how that ends. */
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
    throw new LatchkeyError("delivery_in_progress", "This event is being handled elsewhere right now.", {
      retryable: true,
    });
  }
  let handled: boolean;
  try {
    handled = await work();
  } catch (error) {
    await store.release(eventId);
    throw error;
  }
  await store.complete(eventId, rememberMs);
  return handled;
}
