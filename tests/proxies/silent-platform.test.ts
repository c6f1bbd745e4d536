import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProxyName } from "../../tools/proxies/start-proxy.ts";
import { proxies, startExample } from "./proxies.ts";
import { type RecordingApi, startRecordingApi } from "./recording-api.ts";

describe("a platform that accepts connections and never responds", () => {
  const sockets = new Set<Socket>();
  let silent: Server;
  let api: RecordingApi;

  beforeAll(async () => {
    silent = createServer((socket) => {
      sockets.add(socket.on("error", () => {}).resume());
    });
    await once(silent.listen(0, "127.0.0.1"), "listening");
    api = await startRecordingApi();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
    await api.close();
  });

  test.concurrent.each(Object.keys(proxies) as ProxyName[])(
    "FR-C2: %s rejects the request after its timeout",
    async (program) => {
      const latchkey = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const proxy = await startExample(program, { latchkey, bookings: api.host });
      const headers = { authorization: "Bearer x" };
      const { status } = await fetch(`${proxy.url}/bookings`, { headers });
      expect(status).toBeOneOf([502, 503, 504]);
      expect(api.take()).toEqual([]);
      await proxy.close();
    },
  );
});
