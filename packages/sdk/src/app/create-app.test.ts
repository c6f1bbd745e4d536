import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  APP_ID,
  APP_SECRET,
  createScriptedPlatform,
  json,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { createApp } from "./create-app.ts";

const ONE = "5a1c0000-0000-4000-8000-000000000001";
const TWO = "5a1c0000-0000-4000-8000-000000000002";

/** Other runtimes do not have these modules. */
async function collectGarbage(): Promise<void> {
  const [{ setFlagsFromString }, { runInNewContext }] = [await import("node:v8"), await import("node:vm")];
  setFlagsFromString("--expose-gc");
  runInNewContext("gc()");
}

async function heapInUse(): Promise<number> {
  // A WeakRef keeps its object until the current task ends.
  await new Promise((resolve) => setImmediate(resolve));
  await collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Unlike the scripted platform, it records nothing. */
async function respondToEverything(): Promise<Response> {
  return json({ access_token: "t".repeat(600), token_type: "Bearer", expires_in: 14_400 });
}

function connect(change: object = {}) {
  const platform = createScriptedPlatform({
    onToken: ({ body }) => {
      const { instance_id, scope = "*" } = JSON.parse(body);
      return json({
        access_token: `${instance_id}/${scope.replace(" ", "+")}`,
        token_type: "Bearer",
        expires_in: 14_400,
      });
    },
    onCall: () => json({ products: [{ id: "p1", name: "Mug" }], totalResults: 1 }),
  });
  const app = createApp({ appId: APP_ID, appSecret: APP_SECRET, ...platform.appOptions, ...change });
  return { ...platform, app, tokens: () => platform.calls.map(({ token }) => token) };
}

describe("createApp", () => {
  it("has products by default", async () => {
    const { app } = connect();
    const { items } = await app.instance(ONE).products.queryProducts().find();
    expect(items).toEqual([{ _id: "p1", name: "Mug" }]);
  });

  it("returns the same handle each time, without a request", () => {
    const { app, tokenRequests } = connect();
    expect(app.instance(ONE)).toBe(app.instance(ONE));
    expect(app.instance(ONE).instanceId).toBe(ONE);
    expect(app.instance(ONE)).not.toBe(app.instance(TWO));
    expect(tokenRequests).toEqual([]);
  });

  it("never uses the token of one instance or scope set for another", async () => {
    const { app, tokens, tokenRequests } = connect();
    await app.instance(ONE).fetchWithAuth("/x");
    await app.instance(TWO).fetchWithAuth("/x");
    await app.instance(ONE, { scopes: ["B", "A"] }).fetchWithAuth("/x");
    await app.instance(ONE, { scopes: ["A", "B"] }).fetchWithAuth("/x");
    await app.instance(ONE).fetchWithAuth("/x");
    expect(tokens()).toEqual([`${ONE}/*`, `${TWO}/*`, `${ONE}/A+B`, `${ONE}/A+B`, `${ONE}/*`]);
    expect(tokenRequests).toHaveLength(3);
  });

  it("requests the scopes of the app unless the handle has others", async () => {
    const { app, tokens } = connect({ scopes: ["A"] });
    await app.instance(ONE).fetchWithAuth("/x");
    await app.instance(ONE, { scopes: ["B"] }).fetchWithAuth("/x");
    expect(tokens()).toEqual([`${ONE}/A`, `${ONE}/B`]);
  });

  it("makes one token request for a handle that was evicted and created again", async () => {
    const { app, tokenRequests } = connect({ cacheSize: 2 });
    const first = app.instance(ONE);
    await first.fetchWithAuth("/x");
    app.instance("b");
    app.instance("c");
    const second = app.instance(ONE);
    expect(second).not.toBe(first);
    await second.fetchWithAuth("/x");
    expect(tokenRequests).toHaveLength(1);
  });

  it("uses the memory of 1,000 instances for 20,000, when 1,000 may be cached", async () => {
    const { app } = connect({ cacheSize: 1_000, fetch: respondToEverything });
    const kept = new WeakRef(app.instance("instance-0"));
    const use = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 1)
        await app.instance(`instance-${index}`).fetchWithAuth("/x");
    };
    await use(0, 5_000);
    const before = await heapInUse();
    await use(5_000, 20_000);
    const grown = (await heapInUse()) - before;
    expect(kept.deref()).toBeUndefined();
    expect(grown).toBeLessThan(5_000_000);
  });

  it.each(["", undefined])("rejects the instance id %j", async (instanceId) => {
    const { app } = connect();
    const error = await failureOf(() => app.instance(instanceId as string));
    expect([error.code, error.message]).toEqual([
      "missing_credentials",
      "instanceId is missing. Pass the ID of the instance to act as.",
    ]);
  });
});
