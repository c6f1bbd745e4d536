import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { StoredClient } from "./request/client-authentication.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

// Time is not measured: it would say something about this machine on this day. What takes the time is counted.
let storage: TestDatabase;
let tokens: TestTokens;
let steps: string[];

beforeEach(async () => {
  storage = await createTestDatabase("sqlite");
  tokens = await createTestTokens(storage, watched);
});
afterEach(() => storage.remove());

/** Notes each HMAC of a secret, each query and each comparison of digests. */
function watched(deps: TokenDependencies): TokenDependencies {
  const { store, vault } = deps;
  const watchComparisons = <Row extends StoredClient>(row: Row): Row => ({
    ...row,
    get digest() {
      steps.push("comparison");
      return row.digest;
    },
  });
  return {
    ...deps,
    vault: {
      ...vault,
      digests(secret) {
        const digests = vault.digests(secret);
        steps.push(...digests.map(() => "HMAC"));
        return digests;
      },
    },
    store: {
      ...store,
      async readMint(key) {
        steps.push("query");
        return watchComparisons(await store.readMint(key));
      },
      async readClient(key) {
        steps.push("query");
        return watchComparisons(await store.readClient(key));
      },
    },
  };
}

/** What is done about a client, and the answer. */
async function observe(path: string, changes: object): Promise<{ steps: string[]; answer: string }> {
  const { appId, instanceId, secret } = tokens.client;
  const good = { grant_type: "client_credentials", client_id: appId, client_secret: secret };
  steps = [];
  const response = await tokens.ask(path, { ...good, instance_id: instanceId, token: "x", ...changes });
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return { steps, answer: `${response.status}\n${headers}\n${await response.text()}` };
}

const unknownId = "00000000-0000-4000-8000-000000000000";
// Two master keys are in use, so a secret may be stored under either.
const everyCheck = ["HMAC", "HMAC", "query", "comparison", "comparison"];

test.each(["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"])(
  "A7 does the same for an unknown app as for a wrong secret, and says the same, at %s",
  async (path) => {
    const wrongSecret = await observe(path, { client_secret: "wrong" });
    const unknownApp = await observe(path, { client_id: unknownId });
    const noGuid = await observe(path, { client_id: "app" });
    const both = await observe(path, { client_id: unknownId, client_secret: "wrong" });
    expect(wrongSecret.steps).toEqual(everyCheck);
    expect(wrongSecret.answer).toMatch(/^401\n/);
    for (const refusal of [unknownApp, noGuid, both]) expect(refusal).toEqual(wrongSecret);
    expect((await observe(path, {})).steps).toEqual(everyCheck);
  },
);

test("A7 does the same for a wrong instance, whether or not the secret is right", async () => {
  const wrongBoth = await observe("/oauth2/token", { client_secret: "wrong", instance_id: unknownId });
  const wrongSecret = await observe("/oauth2/token", { client_secret: "wrong" });
  const wrongInstance = await observe("/oauth2/token", { instance_id: unknownId });
  expect(wrongBoth).toEqual(wrongSecret);
  expect(wrongInstance.steps).toEqual(everyCheck);
});

test("A8 compares digests, so what a guess has in common with the secret changes nothing", async () => {
  const { secret } = tokens.client;
  const refusals = [];
  for (let common = 0; common < secret.length; common += 8) {
    refusals.push(
      await observe("/oauth2/token", { client_secret: secret.slice(0, common) + "x".repeat(53 - common) }),
    );
  }
  for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  expect(refusals[0]?.steps).toEqual(everyCheck);
});

test("B1 does the same for another app's instance as for an unknown one, and says the same", async () => {
  const actor = { name: "test", requestId: "" };
  const unknown = await observe("/oauth2/token", { instance_id: unknownId });
  await storage.database.write((trx) => tokens.instances.suspend(trx, actor, tokens.client.instanceId));
  const suspended = await observe("/oauth2/token", {});
  await storage.database.write((trx) => tokens.instances.remove(trx, actor, tokens.client.instanceId));
  const removed = await observe("/oauth2/token", {});
  expect(unknown.answer).toMatch(/^404\n/);
  expect([suspended, removed]).toEqual([unknown, unknown]);
});
