import dns from "node:dns";
import { resolveTxt } from "node:dns/promises";
import { get } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeBlocked } from "./outside-connections.ts";

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((socket) => socket.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

// 192.0.2.0/24 and `.invalid` are reserved: nothing responds there even if the guard fails.
const blockedText = (host: string): string =>
  `A test reached for ${host}: nothing here may leave this machine (127.0.0.0/8 and ::1).`;

describe("rejects", () => {
  test.each([
    ["an address", () => connect(443, "192.0.2.1"), "192.0.2.1"],
    ["an IPv6 address", () => connect({ port: 443, host: "2001:db8::1" }), "2001:db8::1"],
    ["the unspecified address", () => connect({ port: 443, host: "0.0.0.0" }), "0.0.0.0"],
    ["a name", () => connect({ port: 443, host: "example.invalid" }), "example.invalid"],
    ["an HTTP request", () => get("http://example.invalid/"), "example.invalid"],
    ["a name query", () => dns.lookup("example.invalid", () => {}), "example.invalid"],
    ["a reverse query", () => dns.reverse("127.0.0.1", () => {}), "127.0.0.1"],
    [
      "a query through a resolver",
      () => new dns.Resolver().resolve4("example.invalid", () => {}),
      "example.invalid",
    ],
    ["a query with an imported function", () => resolveTxt("example.invalid"), "example.invalid"],
  ])("%s", (_, reach, host) => {
    expect(reach).toThrow(blockedText(host));
    expect(takeBlocked()).toEqual([blockedText(host)]);
  });

  test("fetch", async () => {
    await expect(fetch("http://192.0.2.1/")).rejects.toThrow("fetch failed");
    expect(takeBlocked()).toEqual([blockedText("192.0.2.1")]);
  });

  test("a name that the caller itself resolves to an address outside", async () => {
    const error = await outcome({ host: "app.invalid", lookup: answering("192.0.2.1") });
    expect(error).toBe(blockedText("192.0.2.1"));
    expect(takeBlocked()).toEqual([blockedText("192.0.2.1")]);
  });
});

describe("allows", () => {
  test.each(["127.0.0.1", "::1", "localhost"])("%s", async (host) => {
    expect(await outcome({ host })).toBe("hello");
  });

  test("a name that the caller itself resolves to a loopback address", async () => {
    expect(await outcome({ host: "app.invalid", lookup: answering("127.0.0.1") })).toBe("hello");
  });

  test("the name query for localhost, as a promise too", async () => {
    const { address } = await promisify(dns.lookup)("localhost", { family: 4 });
    expect(address).toBe("127.0.0.1");
    expect(await dns.promises.lookup("127.0.0.1")).toEqual({ address: "127.0.0.1", family: 4 });
  });
});

function answering(address: string): import("node:net").LookupFunction {
  return (_host, options, done) => {
    if (options.all) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  };
}

function outcome(options: { host: string; lookup?: import("node:net").LookupFunction }): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ ...options, port });
    socket.setEncoding("utf8").on("data", (text: string) => resolve(text));
    socket.on("error", (error) => resolve(error.message));
  });
}
