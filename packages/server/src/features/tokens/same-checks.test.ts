import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { StoredClient } from "./request/client-authentication.ts";
import type { TokenDependencies } from "./token-dependencies.ts";
import { type MintRow, TokenQueries } from "./tokens.queries.ts";

// The tests count the steps that take time. Measured time would depend on the machine.
let storage: TestDatabase;
let tokens: TestTokens;
let steps: string[] = [];

beforeEach(async () => {
  storage = await createTestDatabase("sqlite");
  tokens = await createTestTokens(storage, watched);
});
afterEach(() => storage.remove());

/** Records each HMAC of a secret, each query and each comparison of digests. */
function watched(deps: TokenDependencies): TokenDependencies {
  const { database, vault } = deps;
  const queries = new WatchedQueries(database, vault.digests("").length);
  const digestsOf = vault.digests.bind(vault);
  vault.digests = (secret) => {
    const digests = digestsOf(secret);
    steps.push(...digests.map(() => "HMAC"));
    return digests;
  };
  return { ...deps, queries };
}

class WatchedQueries extends TokenQueries {
  override async readMint(key: Parameters<TokenQueries["readMint"]>[0]): Promise<MintRow> {
    steps.push("query");
    return watchComparisons(await super.readMint(key));
  }

  override async readClient(key: Parameters<TokenQueries["readClient"]>[0]): Promise<StoredClient> {
    steps.push("query");
    return watchComparisons(await super.readClient(key));
  }
}

function watchComparisons<Row extends StoredClient>(row: Row): Row {
  return {
    ...row,
    get digest() {
      steps.push("comparison");
      return row.digest;
    },
  };
}

/** The steps of a request with other parameters, and the response. */
async function observe(path: string, changes: object): Promise<{ steps: string[]; response: string }> {
  const { appId, instanceId, secret } = tokens.client;
  const valid = { grant_type: "client_credentials", client_id: appId, client_secret: secret };
  steps = [];
  const response = await tokens.ask(path, { ...valid, instance_id: instanceId, token: "x", ...changes });
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return { steps, response: `${response.status}\n${headers}\n${await response.text()}` };
}

const unknownId = "00000000-0000-4000-8000-000000000000";
// Two master keys are configured, and a secret may be stored under either.
const everyCheck = ["HMAC", "HMAC", "query", "comparison", "comparison"];

test.each(["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"])(
  "A7 takes the same steps and sends the same response for an unknown app and a wrong secret, at %s",
  async (path) => {
    const wrongSecret = await observe(path, { client_secret: "wrong" });
    const unknownApp = await observe(path, { client_id: unknownId });
    const noGuid = await observe(path, { client_id: "app" });
    const both = await observe(path, { client_id: unknownId, client_secret: "wrong" });
    expect(wrongSecret.steps).toEqual(everyCheck);
    expect(wrongSecret.response).toMatch(/^401\n/);
    for (const other of [unknownApp, noGuid, both]) expect(other).toEqual(wrongSecret);
    expect((await observe(path, {})).steps).toEqual(everyCheck);
  },
);

test("A7 takes the same steps for a wrong instance, whether or not the secret is right", async () => {
  const wrongBoth = await observe("/oauth2/token", { client_secret: "wrong", instance_id: unknownId });
  const wrongSecret = await observe("/oauth2/token", { client_secret: "wrong" });
  const wrongInstance = await observe("/oauth2/token", { instance_id: unknownId });
  expect(wrongBoth).toEqual(wrongSecret);
  expect(wrongInstance.steps).toEqual(everyCheck);
});

test("A8 compares digests, so a prefix of the secret changes nothing", async () => {
  const { secret } = tokens.client;
  const responses = [];
  for (let common = 0; common < secret.length; common += 8) {
    responses.push(
      await observe("/oauth2/token", { client_secret: secret.slice(0, common) + "x".repeat(53 - common) }),
    );
  }
  for (const response of responses) expect(response).toEqual(responses[0]);
  expect(responses[0]?.steps).toEqual(everyCheck);
});

test("B1 takes the same steps and sends the same response for a removed, a suspended and an unknown instance", async () => {
  const actor = { name: "test", requestId: "" };
  const unknown = await observe("/oauth2/token", { instance_id: unknownId });
  await storage.database.write((trx) => tokens.instances.suspend(trx, actor, tokens.client.instanceId));
  const suspended = await observe("/oauth2/token", {});
  await storage.database.write((trx) => tokens.instances.remove(trx, actor, tokens.client.instanceId));
  const removed = await observe("/oauth2/token", {});
  expect(unknown.response).toMatch(/^404\n/);
  expect([suspended, removed]).toEqual([unknown, unknown]);
});
