import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  ConnectionCount,
  type ConnectionLimits,
  defaultConnectionLimits,
} from "../infrastructure/http/index.ts";
import type { Platform } from "./platform.ts";
import { listen, type RunningServer } from "./server.ts";

const request = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const mebibyte = 1_048_576;

let server: RunningServer | undefined;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server?.stop(0);
});

async function serve(body: string, limits: Partial<ConnectionLimits>): Promise<void> {
  const platform: Pick<Platform, "fetch" | "newRequestId"> = {
    fetch: async () => new Response(body),
    newRequestId: () => "request-1",
  };
  server = await listen(platform as Platform, { host: "127.0.0.1", port: 0, limits });
}

async function open(): Promise<Socket> {
  const socket = connect(server?.port ?? 0, "127.0.0.1");
  // A connection that the server closes may end with a reset.
  socket.on("error", () => {});
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

/** Sends requests and reads nothing. */
async function ask(count = 1): Promise<Socket> {
  const socket = await open();
  socket.pause();
  socket.write(request.repeat(count));
  return socket;
}

/** Reads a response to a client that closes its side of the connection. */
function readUntilEnd(socket: Socket): Promise<string> {
  const text = readAll(socket);
  socket.end();
  return text;
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  socket.resume();
  await once(socket, "close");
  return text;
}

/** Writes to a connection until it is reset. */
async function untilReset(socket: Socket): Promise<void> {
  const writeAndLook = () => {
    socket.write("x");
    return socket.destroyed;
  };
  await expect.poll(writeAndLook, { timeout: 30_000 }).toBe(true);
}

test("disconnects a client that does not read a response in time, although it goes on sending", async () => {
  await serve("x".repeat(16 * mebibyte), { readTimeoutMs: 1, slowestRate: 1e9 });
  await untilReset(await ask());
});

test("sends a large response completely to a client that reads it", async () => {
  const body = "x".repeat(16 * mebibyte);
  await serve(body, {});
  const response = await fetch(`http://127.0.0.1:${server?.port}/`);
  expect((await response.text()).length).toBe(body.length);
});

test("cuts off the oldest unread response of an address past its limit", async () => {
  await serve("x".repeat(16 * mebibyte), { unreadBytesPerAddress: 20 * mebibyte });
  const first = await ask();
  await once(first, "readable");
  const second = await ask();
  await untilReset(first);
  expect((await readUntilEnd(second)).length).toBeGreaterThan(16 * mebibyte);
});

test("cuts off the oldest unread response past the limit of all", async () => {
  await serve("x".repeat(16 * mebibyte), { unreadBytes: 20 * mebibyte });
  const first = await ask();
  await once(first, "readable");
  const second = await ask();
  await untilReset(first);
  expect((await readUntilEnd(second)).length).toBeGreaterThan(16 * mebibyte);
});

test("counts connections of each address, and takes one again when another has ended", () => {
  const count = new ConnectionCount({ ...defaultConnectionLimits, connectionsPerAddress: 2 });
  expect([count.open("203.0.113.7"), count.open("203.0.113.7")]).toEqual([undefined, undefined]);
  expect(count.open("203.0.113.7")).toMatchObject({
    code: "TOO_MANY_CONNECTIONS",
    status: 429,
    message: "This address has too many open connections. Close those that are idle, and reuse the others.",
  });
  expect([count.open("203.0.113.8"), count.open(undefined)]).toEqual([undefined, undefined]);
  count.release("203.0.113.7");
  expect(count.open("203.0.113.7")).toBeUndefined();
});

test("rejects a connection past the limit of all with 503 and Retry-After", async () => {
  await serve("ok", { connections: 1 });
  await open();
  const refused = await readAll(await open());
  expect(refused).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  expect(refused).toContain("retry-after: 1\r\n");
});

test("takes a connection again when another has ended", async () => {
  await serve("ok", { connections: 1 });
  (await open()).destroy();
  await expect.poll(async () => (await readUntilEnd(await ask())).slice(0, 15)).toBe("HTTP/1.1 200 OK");
});
