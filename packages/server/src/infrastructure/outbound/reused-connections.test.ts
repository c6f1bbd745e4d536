import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../clock/index.ts";
import { createLog } from "../observability/index.ts";
import { parseAllowed } from "./addresses.ts";
import { createOutbound, type Outbound } from "./outbound.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(): Outbound {
  const allowed = parseAllowed("127.0.0.0/8", "ALLOW");
  const outbound = createOutbound({ clock: systemClock, allowed, log: createLog("silent") });
  closing.push(() => outbound.close());
  return outbound;
}

async function serveRaw(handler: (socket: Socket) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = (url: string) => ({ url, headers: {}, body: "hello", timeoutMs: 30_000 });

describe("FR-E12: a connection that breaks", () => {
  /** An endpoint that resets or closes each connection at its second request. */
  const serveOnce = async (end: (socket: Socket) => void) => {
    const requests: number[] = [];
    const url = await serveRaw((socket) => {
      const connection = requests.push(0) - 1;
      socket.on("data", () => {
        requests[connection] = (requests[connection] ?? 0) + 1;
        if ((requests[connection] ?? 0) > 1) end(socket);
        else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      });
    });
    return { url, requests };
  };

  test.each([
    ["is reset", (socket: Socket) => socket.resetAndDestroy()],
    ["is closed", (socket: Socket) => socket.end()],
  ])("and %s as it is reused is replaced at once, and the request is sent again", async (_, end) => {
    const { requests, url } = await serveOnce(end);
    const outbound = open();
    // The connection may not be free yet when the second request begins.
    while (!requests.includes(2)) {
      expect(await outbound.post(request(url))).toMatchObject({ outcome: "response", body: "ok" });
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  test("before its first response is an error, and the request is not sent again", async () => {
    let connections = 0;
    const url = await serveRaw((socket) => {
      connections += 1;
      socket.on("data", () => socket.resetAndDestroy());
    });
    expect(await open().post(request(url))).toMatchObject({ outcome: "failure", failure: "reset" });
    expect(connections).toBe(1);
  });

  test("again is an error: the request is sent at most twice", async () => {
    let connections = 0;
    const url = await serveRaw((socket) => {
      connections += 1;
      const first = connections === 1;
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        if (first && requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        else socket.resetAndDestroy();
      });
    });
    const outbound = open();
    await outbound.post(request(url));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await outbound.post(request(url))).toMatchObject({ outcome: "failure", failure: "reset" });
    expect(connections).toBe(2);
  });
});
