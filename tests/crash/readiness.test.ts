import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres/start-postgres.ts";

const role = "latchkey_server";
type Write = Parameters<Parameters<TestPlatform["platform"]["database"]["write"]>[0]>[0];

let postgres: Postgres;
let admin: pg.Client;
let platform: TestPlatform;
let client: { client_id: string; client_secret: string; instance_id: string };

beforeAll(async () => {
  postgres = await startPostgres();
  admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query(`create role ${role}; grant create on database postgres to ${role}`);
});
afterAll(async () => {
  await admin.end();
  await postgres.close();
});

const letIn = () => admin.query(`alter role ${role} login password 'right' connection limit -1`);

beforeEach(async () => {
  await letIn();
  const own = process.env.TEST_DATABASE_URL;
  process.env.TEST_DATABASE_URL = Object.assign(new URL(postgres.url), {
    username: role,
    password: "right",
  }).href;
  platform = await createTestPlatform({ database: "postgres" }).finally(() => {
    process.env.TEST_DATABASE_URL = own;
  });
  const app = await platform.createApp();
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instanceId };
});
afterEach(async () => {
  await letIn();
  await platform.close();
});

const ready = () => fetch(`${platform.url}/readyz`);
const mint = () =>
  fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", ...client }),
  });
const manage = () =>
  fetch(`${platform.url}/admin/v1/apps`, { headers: { authorization: `Bearer ${platform.adminKey}` } });

/** The responses of readiness and the token endpoint, several times in turn. */
async function probe(): Promise<number[][]> {
  const responses: number[][] = [];
  for (let round = 0; round < 5; round += 1) responses.push([(await ready()).status, (await mint()).status]);
  return responses;
}

const both = (status: number) => Array(5).fill([status, status]);

/** Ends the connections of the server whose last query matches a pattern, and waits until they are gone. */
async function cut(pattern: string): Promise<void> {
  const { rows } = await admin.query<{ pid: number }>(
    "select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and query like $2",
    [role, pattern],
  );
  expect(rows).not.toEqual([]);
  const pids = rows.map(({ pid }) => pid);
  const left = () => admin.query("select from pg_stat_activity where pid = any($1)", [pids]);
  await expect.poll(async () => (await left()).rowCount, { timeout: 30_000 }).toBe(0);
}

const ofTokens = "%signing_keys%";
const all = "%";

describe("FR-B2: readiness and the token endpoint agree", () => {
  test.each([
    ["the role has no connection left", "connection limit 0", "connection limit -1"],
    ["the role may no longer log in", "nologin", "login"],
    ["the password was changed", "password 'other'", "password 'right'"],
  ])("when the connection of tokens is lost and %s", async (_, failing, working) => {
    expect(await probe()).toEqual(both(200));
    await admin.query(`alter role ${role} ${failing}`);
    await cut(ofTokens);
    expect(await probe()).toEqual(both(503));
    await admin.query(`alter role ${role} ${working}`);
    expect(await probe()).toEqual(both(200));
  });

  test("when every connection is lost and other queries use the only new one", async () => {
    expect(await probe()).toEqual(both(200));
    await admin.query(`alter role ${role} connection limit 1`);
    await cut(all);
    await expect.poll(async () => (await manage()).status, { timeout: 30_000 }).toBe(200);
    for (const [readiness, token] of await probe()) expect(readiness).toBe(token);
    await admin.query(`alter role ${role} connection limit -1`);
    expect(await probe()).toEqual(both(200));
  });
});

test.each([
  ["has no signing key", (db: Write) => db.deleteFrom("signing_keys").execute()],
  ["cannot open its signing key", (db: Write) => db.updateTable("signing_keys").set({ kid: "x" }).execute()],
])("FR-B2: a server that %s is not ready", async (_, change) => {
  expect(await probe()).toEqual(both(200));
  await platform.platform.database.write<unknown>(change);
  expect([(await ready()).status, (await mint()).status]).toEqual([503, 500]);
});

test("FR-B2: not ready is 503 with Retry-After and an error body, while health stays 200", async () => {
  await ready();
  await admin.query(`alter role ${role} nologin`);
  await cut(ofTokens);
  const response = await ready();
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  const description =
    "The server cannot issue tokens now; its log has the reason. Use another process, or try again.";
  const data = { requestId: response.headers.get("x-request-id") };
  const applicationError = { code: "UNAVAILABLE", description, data };
  expect(await response.json()).toEqual({ message: description, details: { applicationError } });
  expect((await fetch(`${platform.url}/healthz`)).status).toBe(200);
});
