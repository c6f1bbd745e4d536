import { randomBytes } from "node:crypto";
import { createSchema, type PostgresSchema } from "@latchkey/test-support/postgres-schema";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";

const adminKey = randomBytes(32).toString("base64");
const oldKey = randomBytes(32).toString("base64");
const newKey = randomBytes(32).toString("base64");
let schema: PostgresSchema;
let one: LatchkeyProcess;
let other: LatchkeyProcess;
let running: LatchkeyProcess[] = [];

beforeEach(async () => {
  schema = await createSchema();
  [one, other] = [await start(oldKey), await start(oldKey)];
});
afterEach(async () => {
  for (const latchkey of running) await latchkey.kill("SIGKILL");
  running = [];
  await schema.drop();
});

test("no app and no API key is rejected while two processes change the master key in the documented steps", {
  timeout: 180_000,
}, async () => {
  const app = await manage(one, "POST", "/apps", { name: "App", scopes: [] });
  const { siteId } = await manage(one, "POST", "/sites", { name: "Site" });
  const instance = await manage(one, "POST", `/sites/${siteId}/instances`, { appId: app.appId });
  const client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instance.instanceId };
  const apiKey = (await manage(one, "POST", "/api-keys", { name: "Key", scopes: ["apps:read"] })).value;

  for (const keys of [`${oldKey},${newKey}`, `${newKey},${oldKey}`, newKey]) {
    one = await restart(one, keys);
    if (keys.startsWith(newKey))
      await expect.poll(allUseOneKey, { timeout: 30_000, interval: 200 }).toBe(true);
    await expectBothToServe(client, apiKey);
    other = await restart(other, keys);
    // The hash of an API key is updated when the key is used.
    await useKey(one, apiKey);
  }
  await expectBothToServe(client, apiKey);
});

/** Expects that each process can read the secrets of the other. */
async function expectBothToServe(client: object, apiKey: string): Promise<void> {
  const repeated = { "idempotency-key": randomBytes(8).toString("hex") };
  for (const latchkey of [one, other]) {
    expect(await mint(latchkey, client)).toBe(200);
    expect(await manage(latchkey, "POST", "/sites", { name: "Again" }, repeated)).toMatchObject({
      name: "Again",
    });
    await useKey(latchkey, apiKey);
    // Usage is stored every five seconds.
    await manage(latchkey, "POST", "/dev/clock", { advance: "5s" });
    expect(await query("SELECT 1 AS used FROM last_uses WHERE id IN (SELECT key_id FROM api_keys)")).toEqual([
      { used: 1 },
    ]);
  }
}

async function useKey(latchkey: LatchkeyProcess, apiKey: string): Promise<void> {
  await query("DELETE FROM last_uses");
  await manage(latchkey, "GET", "/apps", undefined, { authorization: `Bearer ${apiKey}` });
}

async function start(keys: string): Promise<LatchkeyProcess> {
  const latchkey = await startLatchkey({
    LATCHKEY_ENV: "development",
    LATCHKEY_PUBLIC_URL: "http://localhost:4400",
    LATCHKEY_ADMIN_KEY: adminKey,
    LATCHKEY_ENCRYPTION_KEY: keys,
    DATABASE_URL: schema.url,
    PORT: await freePort(),
  });
  running.push(latchkey);
  return latchkey;
}

async function restart(latchkey: LatchkeyProcess, keys: string): Promise<LatchkeyProcess> {
  await latchkey.kill("SIGTERM");
  return await start(keys);
}

async function mint({ url }: LatchkeyProcess, client: object): Promise<number> {
  const response = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", ...client }),
  });
  await response.arrayBuffer();
  return response.status;
}

type Headers = Record<string, string>;

async function manage(
  { url }: LatchkeyProcess,
  ...[method, path, body, headers = {}]: [string, string, object?, Headers?]
) {
  const response = await fetch(`${url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

/** Whether every app secret is encrypted with the same master key as the check value of the platform. */
async function allUseOneKey(): Promise<boolean> {
  const rows = await query("SELECT sealed FROM app_secrets UNION ALL SELECT key_check FROM platform");
  return new Set(rows.map(({ sealed }) => String(sealed).split(".")[1])).size === 1;
}

async function query(statement: string): Promise<Record<string, unknown>[]> {
  const url = new URL(schema.url);
  const client = new pg.Client({
    connectionString: process.env.TEST_DATABASE_URL,
    options: `-c search_path=${url.searchParams.get("schema")}`,
  });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
