import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  APP_ID,
  APP_SECRET,
  createScriptedPlatform,
  json,
} from "@latchkey/test-support/sdk/scripted-platform";
import { claimsOf, INSTANCE, makeKeys, type TestKeys } from "@latchkey/test-support/sdk/signed-webhook";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { createApp } from "../app/create-app.ts";
import { products } from "../stores/products.ts";
import type { HandledEvents } from "./handled-events.ts";
import type { WebhookOptions } from "./webhooks.ts";

let keys: TestKeys;
beforeAll(() => {
  keys = makeKeys("own");
});

function connect(webhooks: WebhookOptions = {}) {
  const platform = createScriptedPlatform({ onCall: () => json({ products: [], metadata: {} }) });
  const credentials = { appId: APP_ID, appSecret: APP_SECRET, publicKey: keys.publicKey };
  return { platform, app: createApp({ ...credentials, ...platform.appOptions, webhooks }) };
}
const signed = (message = {}, change = {}) => keys.sign(claimsOf(message, change));
const post = (body: string) => new Request("https://app.test/hooks", { method: "POST", body });
const statusOf = async (response: Promise<Response>) => (await response).status;

describe("an app's handlers", () => {
  test("get the event with the handle of its instance", async () => {
    const { app, platform } = connect();
    const heard: unknown[] = [];
    app.webhooks.on("AppInstalled", async ({ eventId, instance, instanceId, payload, sequence }) => {
      await instance.products.queryProducts().find();
      heard.push([instanceId, instance.instanceId, payload.originInstanceId, eventId, sequence]);
    });
    expect(await statusOf(app.fetch(post(signed())))).toBe(200);
    expect(heard).toEqual([[INSTANCE, INSTANCE, null, "event-1", 1]]);
    expect(platform.calls).toHaveLength(1);
  });

  test("of an event type all run, those of other types do not", async () => {
    const { app } = connect();
    const ran: string[] = [];
    app.webhooks.on("AppInstalled", () => void ran.push("first"));
    app.webhooks.on("AppInstalled", () => void ran.push("second"));
    app.webhooks.on("AppRemoved", () => void ran.push("removed"));
    expect(await app.webhooks.process(signed())).toMatchObject({ handled: true, duplicate: false });
    expect(ran).toEqual(["first", "second"]);
  });

  test("can be missing for a type: the response is 200, and onUnhandled is called", async () => {
    const onUnhandled = vi.fn();
    const { app } = connect({ onUnhandled });
    expect(await statusOf(app.fetch(post(signed({ eventType: "new.in_2030" }))))).toBe(200);
    expect(onUnhandled.mock.calls).toMatchObject([[{ eventType: "new.in_2030", eventId: "event-1" }]]);
  });

  test("that fail cause a retry, and are reported to onError", async () => {
    const onError = vi.fn();
    const { app } = connect({ onError });
    let attempts = 0;
    app.webhooks.on("AppInstalled", () => {
      attempts += 1;
      if (attempts === 1) throw new Error("the database is down");
    });
    const response = await app.fetch(post(signed()));
    expect([response.status, await response.text()]).toEqual([500, "{}"]);
    expect(onError.mock.calls).toMatchObject([[{ message: "the database is down" }, { eventId: "event-1" }]]);
    expect(await statusOf(app.fetch(post(signed())))).toBe(200);
    expect(attempts).toBe(2);
  });

  test("must be functions, for an event", () => {
    const { app } = connect();
    for (const [event, handler] of [
      ["AppInstalled", undefined],
      [{ type: "AppInstalled" }, () => {}],
      [undefined, () => {}],
    ]) {
      expect(() => app.webhooks.on(event as never, handler as never)).toThrow(TypeError);
    }
  });

  test("have no instance in a test delivery without one", async () => {
    const { app } = connect();
    app.webhooks.on("AppInstalled", ({ instance }) => instance.instanceId);
    expect((await failureOf(app.webhooks.process(signed({ instanceId: null })))).code).toBe(
      "missing_credentials",
    );
  });
});

describe("an event that is delivered twice", () => {
  const counted = (options: WebhookOptions = {}) => {
    const { app } = connect(options);
    const state = { app, runs: 0, hold: async () => {} };
    app.webhooks.on("AppInstalled", async () => {
      state.runs += 1;
      await state.hold();
    });
    return state;
  };

  test("is handled once", async () => {
    const state = counted();
    await state.app.webhooks.process(signed());
    expect(await state.app.webhooks.process(signed())).toMatchObject({ duplicate: true, handled: true });
    expect(state.runs).toBe(1);
  });

  test("concurrently is handled once, before both responses", async () => {
    const state = counted();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.hold = () => promise;
    const responses = Promise.all(
      Array.from({ length: 1_000 }, () => statusOf(state.app.fetch(post(signed())))),
    );
    await vi.waitFor(() => expect(state.runs).toBe(1));
    resolve();
    expect(new Set(await responses)).toEqual(new Set([200]));
    expect(state.runs).toBe(1);
  });

  test("is rejected while another process handles it", async () => {
    const busy: HandledEvents = {
      claim: async () => "busy",
      complete: async () => {},
      release: async () => {},
    };
    const state = counted({ handledEvents: busy });
    const response = await state.app.fetch(post(signed()));
    expect([response.status, response.headers.get("retry-after"), state.runs]).toEqual([503, "60", 0]);
  });

  test("is released in a custom store when a handler fails", async () => {
    const calls: unknown[] = [];
    const store: HandledEvents = {
      async claim(eventId, ttlMs) {
        calls.push(["claim", eventId, ttlMs]);
        return "new";
      },
      complete: async (eventId, ttlMs) => void calls.push(["complete", eventId, ttlMs]),
      release: async (eventId) => void calls.push(["release", eventId]),
    };
    const state = counted({ handledEvents: store, onError: () => {} });
    state.hold = async () => {
      if (state.runs === 1) throw new Error("no");
    };
    await state.app.fetch(post(signed()));
    await state.app.fetch(post(signed()));
    expect(calls).toEqual([
      ["claim", "event-1", 600_000],
      ["release", "event-1"],
      ["claim", "event-1", 600_000],
      ["complete", "event-1", 604_800_000],
    ]);
  });

  test("is handled at each delivery without a store", async () => {
    const state = counted({ handledEvents: "none" });
    await state.app.webhooks.process(signed());
    await state.app.webhooks.process(signed());
    expect(state.runs).toBe(2);
  });
});

describe("missing events", () => {
  test("is reported with the next event", async () => {
    const { app } = connect();
    const heard: unknown[] = [];
    app.webhooks.on("AppInstalled", ({ missing, sequence }) => void heard.push([sequence, missing]));
    for (const sequence of [7, 8, 11, 9, 12]) {
      await app.webhooks.process(signed({}, { sequence, event_id: `event-${sequence}` }));
    }
    await app.webhooks.process(signed({ instanceId: "another" }, { sequence: 40, event_id: "event-40" }));
    expect(heard).toEqual([
      [7, undefined],
      [8, undefined],
      [11, { from: 9, to: 10 }],
      [9, undefined],
      [12, undefined],
      [40, undefined],
    ]);
  });
});

describe("FR-E2: an event that is older than one that was handled", () => {
  test("is late, for handlers of an event type and of a module's event", async () => {
    const { app } = connect();
    const heard: unknown[] = [];
    app.webhooks.on("AppInstalled", ({ late, sequence }) => void heard.push([sequence, late]));
    app.webhooks.on(products.onProductDeleted, ({ metadata }) => {
      heard.push([metadata.sequence, metadata.late]);
    });
    const eventType = "com.wix.ecommerce.catalog.api.v1.ProductDeleted";
    await app.webhooks.process(signed({}, { sequence: 3, event_id: "event-3" }));
    await app.webhooks.process(signed({ eventType }, { sequence: 2, event_id: "event-2" }));
    await app.webhooks.process(signed({}, { sequence: undefined, event_id: "a test" }));
    expect(heard).toEqual([
      [3, false],
      [2, true],
      [undefined, false],
    ]);
  });

  test("is missing in a later event after its handler failed", async () => {
    const { app } = connect({ onError: () => {} });
    const heard: unknown[] = [];
    let databaseIsDown = true;
    app.webhooks.on(
      "AppInstalled",
      ({ late, missing, sequence }) => void heard.push([sequence, late, missing]),
    );
    app.webhooks.on("AppRemoved", ({ late, sequence }) => {
      if (databaseIsDown) throw new Error("the database is down");
      heard.push([sequence, late]);
    });
    const send = (eventType: string, sequence: number) =>
      statusOf(app.fetch(post(signed({ eventType }, { sequence, event_id: `event-${sequence}` }))));
    const statuses = [await send("AppInstalled", 1), await send("AppRemoved", 2)];
    statuses.push(await send("AppInstalled", 3));
    databaseIsDown = false;
    statuses.push(await send("AppRemoved", 2));
    expect(statuses).toEqual([200, 500, 200, 200]);
    expect(heard).toEqual([
      [1, false, undefined],
      [3, false, { from: 2, to: 2 }],
      [2, true],
    ]);
  });
});

describe("app.fetch", () => {
  test("can respond before the handlers, and keeps the worker alive", async () => {
    const kept: Promise<unknown>[] = [];
    const onError = vi.fn();
    const { app } = connect({ ack: "before", waitUntil: (work) => void kept.push(work), onError });
    const { promise, reject } = Promise.withResolvers<void>();
    app.webhooks.on("AppInstalled", () => promise);
    expect(await statusOf(app.fetch(post(signed())))).toBe(200);
    reject(new Error("too late for the platform"));
    await Promise.all(kept);
    expect(onError).toHaveBeenCalledOnce();
  });

  test("rejects an invalid webhook with the reason, without repeating it", async () => {
    const { app } = connect();
    const response = await app.fetch(post("no.jwt.here"));
    expect([response.status, await response.json()]).toEqual([
      401,
      {
        error: "invalid_delivery",
        reason: "malformed",
        error_description: "The webhook is not a signed JWT. Pass the request body as unchanged text.",
      },
    ]);
  });

  test("accepts only POST", async () => {
    const { app } = connect();
    const response = await app.fetch(new Request("https://app.test/hooks"));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("works without this", async () => {
    const { fetch } = connect().app;
    expect(await statusOf(fetch(post(signed())))).toBe(200);
  });
});

test("app.authenticate.webhook verifies, and runs no handler", async () => {
  const { app } = connect();
  const handler = vi.fn();
  app.webhooks.on("AppInstalled", handler);
  const event = await app.authenticate.webhook(post(signed()));
  expect([event.eventType, event.instance.instanceId, event.payload]).toEqual([
    "AppInstalled",
    INSTANCE,
    { appId: APP_ID, originInstanceId: null },
  ]);
  expect(handler).not.toHaveBeenCalled();
});
