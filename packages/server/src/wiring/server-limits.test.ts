import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  ConnectionCount,
  type ConnectionLimits,
  defaultConnectionLimits,
} from "../infrastructure/http/index.ts";
import { parseAllowed } from "../infrastructure/outbound/index.ts";
import type { Platform } from "./platform.ts";
import { listen, type RunningServer } from "./server.ts";

const request = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
const mebibyte = 1_048_576;

let server: RunningServer | undefined;
let sockets: Socket[] = [];
let requests = 0;
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  requests = 0;
  await server?.stop(0);
});

async function serve(body: string, limits: Partial<ConnectionLimits>): Promise<void> {
  const platform: Pick<Platform, "fetch" | "newRequestId"> = {
    fetch: async (received) => {
      requests += 1;
      await received.text();
      return new Response(body);
    },
    newRequestId: () => "request-1",
  };
  const trustedProxies = parseAllowed("127.0.0.1", "trusted proxies");
  server = await listen(platform as Platform, { host: "127.0.0.1", port: 0, limits, trustedProxies });
}

/** Sends a request with the beginning of a body, as a proxy does for a client. */
async function post(client: string, bytes: number): Promise<Socket> {
  const socket = await open();
  const headers = `host: localhost\r\nx-forwarded-for: ${client}\r\ncontent-length: ${bytes}\r\n\r\nx`;
  socket.write(`POST / HTTP/1.1\r\n${headers}`);
  return socket;
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

test("FR-A1: refuses a body past the limit of its address with 429 and Retry-After, and serves other addresses", async () => {
  await serve("ok", { bodyBytesPerAddress: 1_000 });
  const first = await post("203.0.113.7", 600);
  await expect.poll(() => requests).toBe(1);
  const refused = await readAll(await post("203.0.113.7", 600));
  expect(refused).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
  expect(refused).toContain("retry-after: 1\r\n");
  expect(refused).toContain("RESOURCE_EXHAUSTED");
  const other = await post("203.0.113.8", 600);
  other.write("x".repeat(599));
  expect(await readUntilEnd(other)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  first.write("x".repeat(599));
  expect(await readUntilEnd(first)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  const again = await post("203.0.113.7", 1_000);
  again.write("x".repeat(999));
  expect(await readUntilEnd(again)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test("FR-A1: cuts off the oldest request that is not complete past the limit of all", async () => {
  await serve("ok", { bodyBytes: 1_000 });
  const first = await post("203.0.113.7", 600);
  const closed = once(first, "close");
  await expect.poll(() => requests).toBe(1);
  const second = await post("203.0.113.8", 600);
  await closed;
  second.write("x".repeat(599));
  expect(await readUntilEnd(second)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test("FR-A1: counts a body without a length as the largest", async () => {
  await serve("ok", { bodyBytesPerAddress: mebibyte - 1 });
  const socket = await open();
  socket.write("POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n");
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 429 /);
});

test("FR-A1: handles the pipelined requests of a connection one after another, and responds to all of them", async () => {
  await serve("x".repeat(8 * mebibyte), {});
  const socket = await ask(3);
  const other = await open();
  other.write(request);
  await once(other, "data");
  expect(requests).toBe(2);
  let text = "";
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString().replaceAll(/x+/g, "");
  });
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  socket.resume();
  await once(socket, "end");
  expect([requests, text.match(/HTTP\/1\.1 200/g)?.length]).toEqual([5, 4]);
});

test("FR-A1: disconnects a client that pipelines more than 128 requests before it reads a response", async () => {
  await serve("x".repeat(8 * mebibyte), {});
  const socket = await ask(130);
  socket.resume();
  await once(socket, "close");
  expect(requests).toBe(1);
});
