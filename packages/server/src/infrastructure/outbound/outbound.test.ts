import { createServer as createHttp, type RequestListener } from "node:http";
import { type AddressInfo, connect as connectSocket, createServer, Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createManualClock } from "../clock/index.ts";
import { createLog } from "../observability/index.ts";
import { parseAllowed } from "./addresses.ts";
import { createOutbound, type Outbound, type OutboundDependencies } from "./outbound.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const clock = createManualClock(1_767_323_045_678);

function open(deps: Partial<OutboundDependencies> & { allow?: string } = {}): Outbound {
  const allowed = deps.allow === "" ? [] : parseAllowed(deps.allow ?? "127.0.0.0/8,::1", "ALLOW");
  const outbound = createOutbound({ clock, allowed, log: createLog("silent"), ...deps });
  closing.push(() => outbound.close());
  return outbound;
}

async function listenOn(server: ReturnType<typeof createServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
const serve = async (handler: RequestListener) => `http://127.0.0.1:${await listenOn(createHttp(handler))}`;
/** An endpoint that does not speak HTTP. */
const serveRaw = async (handler: (socket: Socket) => void) =>
  `http://127.0.0.1:${await listenOn(createServer(handler))}`;

const request = (url: string) => ({ url, headers: { "x-a": "1" }, body: "hello", timeoutMs: 1_250 });

/** Waits for the result of a request that only the clock can end. */
async function endedByClock(
  pending: Promise<unknown>,
  ready: Promise<unknown>,
  ms = 1_250,
): Promise<unknown> {
  await ready;
  await clock.advance(ms);
  return await pending;
}

describe("a request", () => {
  test("arrives unchanged, and its response is returned", async () => {
    const seen: unknown[] = [];
    const url = await serve(async (incoming, response) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      seen.push([incoming.method, incoming.url, incoming.headers["x-a"], body]);
      response.writeHead(201, { "x-b": ["2", "3"] }).end("made");
    });
    expect(await open().post(request(`${url}/hooks?a=b`))).toEqual({
      ...{ outcome: "response", status: 201, body: "made", truncated: false, durationMs: 0 },
      headers: expect.objectContaining({ "x-b": "2, 3" }),
    });
    expect(seen).toEqual([["POST", "/hooks?a=b", "1", "hello"]]);
  });

  test("reuses the connection of the previous one", async () => {
    const ports = new Set<unknown>();
    const url = await serve((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      response.end();
    });
    const outbound = open();
    for (let turn = 0; turn < 5; turn += 1) await outbound.post(request(url));
    // The first one may not be free yet when the second request begins.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test("G6 follows no redirect", async () => {
    let calls = 0;
    const url = await serve((_incoming, response) => {
      calls += 1;
      response.writeHead(307, { location: "http://169.254.169.254/latest" }).end();
    });
    expect(await open().post(request(url))).toMatchObject({ outcome: "response", status: 307 });
    expect(calls).toBe(1);
  });
});

describe("G8 an endpoint has bounded time and memory when it", () => {
  test("never responds", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const url = await serve(() => resolve());
    expect(await endedByClock(open().post(request(url)), asked)).toMatchObject({
      outcome: "failure",
      failure: "timeout",
      detail: "No complete response came within 1250 ms",
    });
  });

  test("never accepts the connection", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const stuck = open({
      connect: () => {
        resolve();
        // It never connects.
        return new Socket();
      },
    });
    expect(await endedByClock(stuck.post(request("http://127.0.0.1:9999/")), asked)).toMatchObject({
      failure: "timeout",
    });
  });

  test("sends a byte from time to time", async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const url = await serve((_incoming, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("x", () => resolve());
    });
    expect(await endedByClock(open().post(request(url)), asked)).toMatchObject({ failure: "timeout" });
  });

  test("sends without end: 64 KiB are read", async () => {
    let sent = 0;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const url = await serve((_incoming, response) => {
      const chunk = Buffer.alloc(65_536, "a");
      const write = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on("drain", write).on("close", resolve);
      write();
    });
    const result = await open().post(request(url));
    await gone;
    expect(result).toMatchObject({ outcome: "response", status: 200, truncated: true });
    expect(result.outcome === "response" && result.body.length).toBe(65_536);
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  test.each([
    ["headers without end", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(20_000)}`, "invalid_response"],
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "invalid_response"],
    ["nothing, and closes", "", "reset"],
  ])("sends %s", async (_what, text, failure) => {
    const url = await serveRaw((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => (text === "" ? socket.end() : socket.write(text)));
    });
    expect(await open().post(request(url))).toMatchObject({ outcome: "failure", failure });
  });

  test("resets", async () => {
    const url = await serveRaw((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    expect(await open().post(request(url))).toEqual({
      ...{ outcome: "failure", failure: "reset", durationMs: 0 },
      detail: expect.stringMatching(/^The endpoint closed the connection without a response \(\w+\)$/),
    });
  });

  test("has broken TLS", async () => {
    const url = await serveRaw((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    const secure = request(url.replace("http:", "https:"));
    expect(await open().post(secure)).toMatchObject({ outcome: "failure", failure: "tls" });
  });

  test("resets in the middle of TLS", async () => {
    const url = await serveRaw((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    const secure = request(url.replace("http:", "https:"));
    expect(await open().post(secure)).toMatchObject({ outcome: "failure", failure: "reset" });
  });

  test("does not listen", async () => {
    const server = createServer();
    const port = await listenOn(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await open().post(request(`http://127.0.0.1:${port}/`))).toMatchObject({
      failure: "connect",
      detail: "The connection was refused (ECONNREFUSED)",
    });
  });
});

describe("a name", () => {
  const at =
    (...addresses: string[]) =>
    async () =>
      addresses;
  /** Records the addresses and connects to an endpoint of the test. */
  function network(port: number, remoteAddress?: string) {
    const asked: (readonly string[])[] = [];
    const connect: OutboundDependencies["connect"] = ({ addresses }) => {
      asked.push(addresses);
      const socket = connectSocket(port, "127.0.0.1");
      const reached = remoteAddress ?? addresses[0];
      Object.defineProperty(socket, "remoteAddress", { get: () => reached });
      return socket;
    };
    return { asked, connect };
  }

  test("G4 that resolves to a private address is rejected when it is saved and when it is called", async () => {
    const { asked, connect } = network(1);
    for (const address of ["10.0.0.5", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"]) {
      const outbound = open({ allow: "", connect, resolve: at("8.8.8.8", address) });
      const url = "https://hooks.example/";
      expect(await outbound.violationOf(url)).toBe(
        "must not be called: the address of its name is not a public address",
      );
      expect(await outbound.post(request(url))).toMatchObject({
        failure: "address_refused",
        detail: "The address of the name is not a public address",
      });
    }
    expect(asked).toEqual([]);
  });

  test("G5 is resolved once for a connection: the checked address is called", async () => {
    const url = new URL(await serve((_incoming, response) => response.end("ok")));
    const { asked, connect } = network(Number(url.port));
    const addresses = [["10.1.1.1"], ["127.0.0.1"]];
    const outbound = open({ allow: "10.0.0.0/8", connect, resolve: async () => addresses.shift() ?? [] });
    expect(await outbound.post(request("http://hooks.example:8080/"))).toMatchObject({ status: 200 });
    expect(asked).toEqual([["10.1.1.1"]]);
  });

  test("G5 is checked again by the address of the connection", async () => {
    const url = new URL(await serve((_incoming, response) => response.end("ok")));
    const { connect } = network(Number(url.port), "192.168.0.1");
    const outbound = open({ allow: "10.0.0.0/8", connect, resolve: at("10.1.1.1") });
    expect(await outbound.post(request("http://hooks.example:8080/"))).toMatchObject({
      failure: "address_refused",
      detail: "The address of the name is not a public address",
    });
  });

  test("that cannot be resolved can be saved, and fails when it is called", async () => {
    const resolve = async () => {
      throw Object.assign(new Error("queryA ENOTFOUND hooks.example"), { code: "ENOTFOUND" });
    };
    const outbound = open({ allow: "", resolve });
    expect(await outbound.violationOf("https://hooks.example/")).toBeUndefined();
    expect(await outbound.post(request("https://hooks.example/"))).toMatchObject({
      failure: "dns",
      detail: "The name could not be resolved (ENOTFOUND)",
    });
  });
});

test.each(["localhost:4505", "ftp://127.0.0.1/"])(
  "a URL without http:// is rejected with what is allowed: %s (FR-D §3)",
  async (url) => {
    const loopback = "must begin with https://, or with http:// for a loopback address";
    expect(await open({ allow: "127.0.0.0/8" }).violationOf(url)).toBe(loopback);
    expect(await open({ allow: "10.0.0.0/8" }).violationOf(url)).toBe("must begin with https://");
  },
);

describe("a URL is rejected when it is saved, and never called:", () => {
  test.each([
    ["G1 another scheme", "ftp://hooks.example/", "must begin with https://"],
    ["G1 another scheme", "file:///etc/passwd", "must begin with https://"],
    ["G1 another scheme", "gopher://hooks.example/", "must begin with https://"],
    ["G1 another scheme", "data:text/plain,x", "must begin with https://"],
    ["G1 another scheme", "http://hooks.example/", "must begin with https://"],
    ["G1 another scheme", "hooks.example", "must be an absolute URL"],
    [
      "G2 an encoded loopback IP",
      "https://127.0.0.1/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    ["G2 an encoded loopback IP", "https://127.1/", "must not be called: 127.0.0.1 is not a public address"],
    ["G2 an encoded loopback IP", "https://0/", "must not be called: 0.0.0.0 is not a public address"],
    [
      "G2 an encoded loopback IP",
      "https://0x7f000001/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    [
      "G2 an encoded loopback IP",
      "https://2130706433/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    [
      "G2 an encoded loopback IP",
      "https://017700000001/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    [
      "G2 an encoded loopback IP",
      "https://%31%32%37.0.0.1/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    [
      "G2 an encoded loopback IP",
      "https://１２７.0.0.1/",
      "must not be called: 127.0.0.1 is not a public address",
    ],
    ["G2 an encoded loopback IP", "https://[::1]/", "must not be called: ::1 is not a public address"],
    [
      "G2 an encoded loopback IP",
      "https://[::ffff:127.0.0.1]/",
      "must not be called: ::ffff:7f00:1 is not a public address",
    ],
    [
      "G2 an encoded loopback IP",
      "https://[64:ff9b::7f00:1]/",
      "must not be called: 64:ff9b::7f00:1 is not a public address",
    ],
    ["G3 a private network", "https://10.0.0.1/", "must not be called: 10.0.0.1 is not a public address"],
    [
      "G3 a private network",
      "https://169.254.169.254/latest",
      "must not be called: 169.254.169.254 is not a public address",
    ],
    ["G3 a private network", "https://[fd00::1]/", "must not be called: fd00::1 is not a public address"],
    ["G7 what hides in it", "https://user:secret@hooks.example/", "must not have a user name or password"],
    ["G7 what hides in it", "https://@hooks.example/", "must not have a user name or password"],
    ["G7 what hides in it", "https://hooks.example:22/", "must have port 443, 80 or one above 1023"],
    ["G7 what hides in it", "https://hooks.example:25/", "must have port 443, 80 or one above 1023"],
    ["G7 what hides in it", "https://hooks.example:0/", "must have port 443, 80 or one above 1023"],
    ["G7 what hides in it", "https://hooks.example/a\r\nb", "must not have control characters"],
  ])("%s: %j", async (_case, url, violation) => {
    const refuse = () => expect.fail("Nothing may be looked up or called.");
    const outbound = open({ allow: "", resolve: refuse, connect: refuse });
    expect(await outbound.violationOf(url)).toBe(violation);
    expect(await outbound.post(request(url))).toMatchObject({
      outcome: "failure",
      failure: "address_refused",
      detail: `The URL ${violation}`,
    });
  });

  test.each([
    "http://127.0.0.1:9000/",
    "http://localhost:9000/",
    "https://hooks.example/",
    "https://8.8.8.8:8443/",
  ])("and taken when it may be called: %s", async (url) => {
    const outbound = open({ resolve: async () => [url.includes("localhost") ? "127.0.0.1" : "8.8.8.8"] });
    expect(await outbound.violationOf(url)).toBeUndefined();
  });
});

test("closing ends requests in progress", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const url = await serve(() => resolve());
  const outbound = open();
  const pending = outbound.post(request(url));
  await asked;
  await outbound.close();
  expect(await pending).toMatchObject({ failure: "reset", detail: "The platform is stopping" });
  expect(await outbound.post(request(url))).toMatchObject({ failure: "reset" });
});

test("FR-A12: the address of a refused name is in the log only", async () => {
  const lines: unknown[] = [];
  const log = { ...createLog("silent"), info: (fields: object) => void lines.push(fields) };
  const outbound = open({ allow: "", log, resolve: async () => ["172.16.5.9"] });
  const url = "https://db.internal.example/";
  const shown = [await outbound.violationOf(url), await outbound.post(request(url))];
  expect(JSON.stringify(shown)).not.toContain("172.16.5.9");
  expect(lines).toEqual(Array(2).fill({ host: "db.internal.example", address: "172.16.5.9" }));
});
