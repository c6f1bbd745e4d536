import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestTokens, type TestTokens } from "../../testing/support/test-tokens.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";

let storage: TestDatabase;
let tokens: TestTokens;

beforeEach(async () => {
  storage = await createTestDatabase("sqlite");
  tokens = await createTestTokens(storage);
});
afterEach(() => storage.remove());

test("I3 responds 503 while the disk is full, stores nothing partially, and recovers by itself", async () => {
  const token = await newToken();
  await limitPages("1");
  await revokeUntilFull();

  const response = await ask("/oauth2/revoke", { token });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await response.json()).toEqual({
    error: "temporarily_unavailable",
    error_description: "The database cannot be reached or cannot store more; try again shortly.",
  });
  expect(await tokenInfo(token)).toMatchObject({ active: true });
  expect(await tokenInfo(await newToken())).toMatchObject({ active: true });

  await limitPages("1073741823");
  expect((await ask("/oauth2/revoke", { token })).status).toBe(200);
  expect(await tokenInfo(token)).toEqual({ active: false });
});

/** Limits the size of the database file, as a full disk does. */
async function limitPages(count: string): Promise<void> {
  await storage.database.write((trx) => sql.raw(`PRAGMA max_page_count = ${count}`).execute(trx));
}

/** Revokes tokens until the pages of the deny list are full. */
async function revokeUntilFull(): Promise<void> {
  for (let count = 0; count < 1_000; count += 1) {
    const token = await newToken();
    const { status } = await ask("/oauth2/revoke", { token });
    if (status !== 200) {
      expect(await tokenInfo(token)).toMatchObject({ active: true });
      return;
    }
  }
  throw new Error("The disk was never full.");
}

async function newToken(): Promise<string> {
  const { instanceId } = tokens.client;
  const response = await ask("/oauth2/token", { grant_type: "client_credentials", instance_id: instanceId });
  return ((await response.json()) as { access_token: string }).access_token;
}

async function tokenInfo(token: string): Promise<unknown> {
  return await (await tokens.ask("/oauth2/token-info", { token })).json();
}

function ask(path: string, body: object): Promise<Response> {
  const { appId, secret } = tokens.client;
  return tokens.ask(path, { client_id: appId, client_secret: secret, ...body });
}
