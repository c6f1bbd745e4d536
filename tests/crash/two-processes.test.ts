import { randomBytes } from "node:crypto";
import { createSchema } from "@latchkey/test-support/postgres-schema";
import { openTcpProxy, type TcpProxy } from "@latchkey/test-support/tcp-proxy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";

const adminKey = randomBytes(32).toString("base64");
const encryptionKey = randomBytes(32).toString("base64");
let cleanUp: (() => Promise<unknown>)[] = [];
let one: LatchkeyProcess;
let other: LatchkeyProcess;
/** The connection of the other process to the database. */
let proxy: TcpProxy;
let client: { client_id: string; client_secret: string; instance_id: string };
let siteId: string;

beforeEach(async () => {
  const schema = await createSchema();
  cleanUp.push(() => schema.drop());
  proxy = await openTcpProxy(new URL(schema.url));
  cleanUp.push(() => proxy.close());
  one = await start(schema.url);
  other = await start(proxy.url);
  const app = await manage("POST", "/apps", { name: "App", scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  ({ siteId } = await manage("POST", "/sites", { name: "Site" }));
  const instance = await manage("POST", `/sites/${siteId}/instances`, { appId: app.appId });
  client = { client_id: app.appId, client_secret: app.secret.value, instance_id: instance.instanceId };
});
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  cleanUp = [];
});

test("a process that was suspended while an instance was removed rejects its tokens when it continues", async () => {
  const token = await mint(other);
  expect(await query(other, token)).toBe(200);
  process.kill(other.pid, "SIGSTOP");
  await manage("DELETE", `/instances/${client.instance_id}`);
  const asked = query(other, token);
  process.kill(other.pid, "SIGCONT");
  expect(await asked).toBe(401);
  expect(await query(other, token)).toBe(401);

  await manage("POST", `/sites/${siteId}/instances`, { appId: client.client_id });
  expect(await query(other, await mint(one))).toBe(200);
  expect(await query(other, token)).toBe(401);
});

test("a process whose database connections stall responds with 503", async () => {
  const dead = await mint(other);
  const good = await mint(one);
  expect(await query(other, dead)).toBe(200);
  proxy.dropPackets();
  await manage("POST", `/instances/${client.instance_id}/revoke-tokens`);
  const fresh = await mint(one);
  expect(await Promise.all([dead, good, fresh].map((token) => query(other, token)))).toEqual([503, 503, 503]);
  proxy.passPackets();
  await expect.poll(() => query(other, fresh), { timeout: 30_000 }).toBe(200);
  expect(await query(other, dead)).toBe(401);
  expect(await query(other, good)).toBe(401);
});

async function start(databaseUrl: string): Promise<LatchkeyProcess> {
  const latchkey = await startLatchkey({
    LATCHKEY_ENV: "development",
    LATCHKEY_PUBLIC_URL: "http://localhost:4400",
    LATCHKEY_ADMIN_KEY: adminKey,
    LATCHKEY_ENCRYPTION_KEY: encryptionKey,
    DATABASE_URL: databaseUrl,
    PORT: await freePort(),
  });
  cleanUp.push(() => latchkey.kill("SIGKILL"));
  return latchkey;
}

async function manage(method: string, path: string, body?: object) {
  const response = await fetch(`${one.url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return await response.json();
}

async function mint({ url }: LatchkeyProcess): Promise<string> {
  const response = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "client_credentials", ...client }),
  });
  expect(response.status).toBe(200);
  return (await response.json()).access_token;
}

async function query({ url }: LatchkeyProcess, token: string): Promise<number> {
  const response = await fetch(`${url}/stores/v1/products/query`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: token },
    body: "{}",
  });
  await response.arrayBuffer();
  return response.status;
}
