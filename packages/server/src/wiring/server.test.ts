import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Platform } from "./platform.ts";
import { listen, type RunningServer } from "./server.ts";

let server: RunningServer | undefined;
afterEach(() => server?.stop(0));

/** Serves requests by `respond`. Only the socket is tested here. */
async function serve(respond: (request: Request) => Promise<Response>): Promise<string> {
  let requests = 0;
  const platform: Pick<Platform, "fetch" | "newRequestId"> = {
    fetch: (request) => respond(request),
    newRequestId() {
      requests += 1;
      return `request-${requests}`;
    },
  };
  server = await listen(platform as Platform, { host: "127.0.0.1", port: 0 });
  return `http://127.0.0.1:${server.port}`;
}

function open(url: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => resolve(socket));
  });
}

/** Reads until the connection ends. */
async function received(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  await once(socket, "close");
  return text;
}

test("every response has its own request id in both headers, whatever the request contains", async () => {
  const url = await serve(async () => new Response("ok"));
  for (const id of ["request-1", "request-2"]) {
    const { headers } = await fetch(url, { headers: { "x-request-id": "mine", "x-wix-request-id": "mine" } });
    expect([headers.get("x-request-id"), headers.get("x-wix-request-id")]).toEqual([id, id]);
  }
});

test("a request in progress completes before the server stops, and no other is accepted", async () => {
  const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const url = await serve(async () => {
    arrive();
    await mayAnswer;
    return new Response("late, but whole");
  });
  const response = fetch(url);
  await arrived;
  const stopped = server?.stop(60_000);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  letAnswer();
  expect(await (await response).text()).toBe("late, but whole");
  await stopped;
});

test("an idle connection does not delay the stop", async () => {
  const url = await serve(async () => new Response("ok"));
  const idle = await open(url);
  idle.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(idle, "data");
  await server?.stop(60_000);
  idle.destroy();
});

test("a request that never ends is aborted after the grace period", async () => {
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const url = await serve(async () => {
    arrive();
    return await new Promise<never>(() => {});
  });
  const response = fetch(url);
  await arrived;
  await Promise.all([server?.stop(10), expect(response).rejects.toThrow("fetch failed")]);
});

test.each([
  ["what is not HTTP", "hello\r\n\r\n", 400, "MALFORMED_REQUEST", "The request is not valid HTTP."],
  [
    "headers beyond 16 kB",
    `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    431,
    "HEADERS_TOO_LARGE",
    "The headers of a request may have at most 16 KB.",
  ],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    400,
    "MALFORMED_REQUEST",
    "The request is not valid HTTP.",
  ],
  ...[
    ["no host", "GET / HTTP/1.1\r\n\r\n"],
    ["an empty host", "GET / HTTP/1.1\r\nhost:\r\n\r\n"],
    ["a host that is none", "GET / HTTP/1.1\r\nhost: a b\r\n\r\n"],
    ["no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"],
    ["a backslash in the path", "GET /\\a HTTP/1.1\r\nhost: a\r\n\r\n"],
    ["an address that is no URL", "GET http://[a HTTP/1.1\r\nhost: a\r\n\r\n"],
    ["a star for an address", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n"],
  ].map(([what = "", text = ""]) => {
    return [what, text, 400, "MALFORMED_REQUEST", "The request is not valid HTTP."] as const;
  }),
] as const)(
  "%s gets a response with a request id and a code, and the connection ends",
  async (_, text, ...expected) => {
    const [status, code, description] = expected;
    const url = await serve(async () => new Response("ok"));
    const socket = await open(url);
    socket.write(text);
    const [head = "", body = ""] = (await received(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain("x-request-id: request-1\r\nx-wix-request-id: request-1\r\n");
    expect(head.toLowerCase()).toContain("content-type: application/json");
    const applicationError = { code, description, data: {} };
    expect(JSON.parse(body)).toEqual({ message: description, details: { applicationError } });
    expect((await fetch(url)).status).toBe(200);
  },
);

test("an unknown expectation is ignored", async () => {
  const url = await serve(async () => new Response("ok"));
  const socket = await open(url);
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nexpect: banana\r\nconnection: close\r\n\r\n");
  const response = await received(socket);
  expect(response).toMatch(/^HTTP\/1\.1 200 [\s\S]*x-request-id: request-1/);
});

test("a client that disconnects during a request does not affect others", async () => {
  const url = await serve(async (request) => new Response(await request.text().catch(() => "gone")));
  const socket = await open(url);
  socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf of");
  socket.destroy();
  expect((await fetch(url)).status).toBe(200);
});

test("a port in use is reported as an error", async () => {
  const url = await serve(async () => new Response("ok"));
  const port = Number(new URL(url).port);
  const platform = {} as Platform;
  await expect(listen(platform, { host: "127.0.0.1", port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});
