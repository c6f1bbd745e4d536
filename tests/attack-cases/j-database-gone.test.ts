import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
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

test("J9 answers 503 while PostgreSQL is gone, and goes on by itself when it is back", async () => {
  const database = await openRoad(new URL(process.env.TEST_DATABASE_URL ?? ""));
  const target = await createTargetAt(database.url);
  const token = await mint(target);

  await database.cut();
  for (const reply of await askEverything(target, token)) {
    expect(reply.status).toBe(503);
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.text).not.toContain("ECONN");
  }
  expect((await askToken(target)).body).toEqual({
    error: "temporarily_unavailable",
    error_description: "The database cannot be reached or cannot store more; try again shortly.",
  });

  await database.mend();
  for (const reply of await askEverything(target, token)) expect(reply.status).toBe(200);
});

test("J9 revokes nothing while PostgreSQL is gone, and says so", async () => {
  const database = await openRoad(new URL(process.env.TEST_DATABASE_URL ?? ""));
  const target = await createTargetAt(database.url);
  const token = await mint(target);
  await database.cut();
  expect((await askAbout(target, "revoke", { token })).status).toBe(503);
  await database.mend();
  expect(await tokenInfo(target, token)).toMatchObject({ active: true });
  expect((await askAbout(target, "revoke", { token })).status).toBe(200);
  expect(await tokenInfo(target, token)).toEqual({ active: false });
});

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

/** A road to PostgreSQL that can be cut: what comes in goes on, until it does not. */
async function openRoad(end: URL): Promise<{ url: string; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(end.port), end.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy()).on("close", () => sockets.delete(one));
    }
  });
  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  const cut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  cleanUp.push(async () => (server.listening ? await cut() : undefined));
  const url = new URL(end);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return { url: url.href, cut, mend: () => listen(port) };
}
