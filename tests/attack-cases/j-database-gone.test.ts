import { openTcpProxy, type TcpProxy } from "@latchkey/test-support/tcp-proxy";
import { afterEach, expect, test } from "vitest";
import {
  askAbout,
  askToken,
  callApi,
  createTarget,
  mint,
  type Reply,
  type Target,
  tokenInfo,
} from "./target.ts";

let cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  cleanUp = [];
});

test("J9 responds with 503 while PostgreSQL is down, and recovers", async () => {
  const database = await openDatabaseProxy();
  const target = await createTargetAt(database.url);
  const token = await mint(target);

  await database.disconnect();
  for (const reply of await askEverything(target, token)) {
    expect(reply.status).toBe(503);
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.text).not.toContain("ECONN");
  }
  expect((await askToken(target)).body).toEqual({
    error: "temporarily_unavailable",
    error_description: "The database cannot be reached or cannot store more; try again shortly.",
  });

  await database.reconnect();
  for (const reply of await askEverything(target, token)) expect(reply.status).toBe(200);
});

test("J9 reports that it revokes nothing while PostgreSQL is down", async () => {
  const database = await openDatabaseProxy();
  const target = await createTargetAt(database.url);
  const token = await mint(target);
  await database.disconnect();
  expect((await askAbout(target, "revoke", { token })).status).toBe(503);
  await database.reconnect();
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
  expect((await askAbout(target, "revoke", { token })).status).toBe(200);
  expect(await tokenInfo(target, token)).toEqual({ active: false });
});

async function openDatabaseProxy(): Promise<TcpProxy> {
  const proxy = await openTcpProxy(new URL(process.env.TEST_DATABASE_URL ?? ""));
  cleanUp.push(() => proxy.close());
  return proxy;
}

function askEverything(target: Target, token: string): Promise<Reply[]> {
  return Promise.all([askToken(target), askAbout(target, "introspect", { token }), callApi(target, token)]);
}

async function createTargetAt(databaseUrl: string): Promise<Target> {
  const own = process.env.TEST_DATABASE_URL;
  process.env.TEST_DATABASE_URL = databaseUrl;
  const target = await createTarget({ database: "postgres" }).finally(() => {
    process.env.TEST_DATABASE_URL = own;
  });
  cleanUp.push(() => target.platform.close());
  return target;
}
