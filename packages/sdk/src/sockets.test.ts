import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import { CREDENTIALS } from "@latchkey/test-support/sdk/scripted-platform";
import { afterEach, describe, expect, it } from "vitest";
import { AppStrategy } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Starts a server that issues tokens. `onCall` handles all other requests. */
async function listen(onCall: Handler): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== "/oauth2/token") return onCall(request, response);
    response.setHeader("content-type", "application/json");
    response.end('{"access_token":"token-1","token_type":"Bearer","expires_in":14400}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connect(apiUrl: string, timeoutMs = 10_000) {
  return createClient({ auth: AppStrategy(CREDENTIALS), apiUrl, timeoutMs, random: () => 0 });
}

describe("over real sockets", () => {
  it("sends the raw token and gets the response", async () => {
    const url = await listen((request, response) => response.end(request.headers.authorization));
    const response = await connect(url).fetchWithAuth("/x");
    expect(await response.text()).toBe("token-1");
  });

  it.each([301, 307])("sends neither token nor body after a redirect with %i", async (status) => {
    const reached: string[] = [];
    const other = await listen((request, response) => {
      reached.push(`${request.method} ${request.headers.authorization}`);
      response.end();
    });
    const url = await listen((_request, response) =>
      response.writeHead(status, { location: `${other}/x` }).end(),
    );
    const init = { method: "POST", body: "{}", redirect: "follow" } as const;
    expect((await failureOf(connect(url).fetchWithAuth("/x", init))).code).toBe("unexpected_response");
    expect(reached).toEqual([]);
  });

  it("times out without a response, and closes the connections", async () => {
    let closed = 0;
    const url = await listen((request) => request.socket.once("close", () => (closed += 1)));
    expect((await failureOf(connect(url, 50).fetchWithAuth("/x"))).code).toBe("timeout");
    await expect.poll(() => closed).toBe(3);
  });

  it("times out in the middle of a response", async () => {
    const url = await listen((_request, response) => void response.writeHead(200).write('{"products":'));
    const { products } = await import("./stores/products.ts");
    const auth = AppStrategy(CREDENTIALS);
    const client = createClient({ auth, apiUrl: url, timeoutMs: 50, random: () => 0, modules: { products } });
    expect((await failureOf(client.products.queryProducts().find())).code).toBe("timeout");
  });

  it("retries a read whose connection breaks", async () => {
    let calls = 0;
    const url = await listen((request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.end("{}");
    });
    expect((await connect(url).fetchWithAuth("/x")).status).toBe(200);
    expect(calls).toBe(2);
  });

  it("does not retry a write whose connection breaks", async () => {
    let calls = 0;
    const url = await listen((request) => {
      calls += 1;
      request.socket.destroy();
    });
    const error = await failureOf(connect(url).fetchWithAuth("/x", { method: "POST", body: "{}" }));
    expect(error.code).toBe("network");
    expect(calls).toBe(1);
  });

  it("reports a refused connection", async () => {
    const url = await listen(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const error = await failureOf(connect(url).fetchWithAuth("/x"));
    expect(error.code).toBe("network");
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("returns a streamed response before its end, and the caller's signal still stops it", async () => {
    const url = await listen((_request, response) => void response.writeHead(200).write("first"));
    const controller = new AbortController();
    const response = await connect(url).fetchWithAuth("/x", { signal: controller.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first");
    controller.abort();
    await expect(reader?.read()).rejects.toMatchObject({ name: "AbortError" });
  });

  it("reads LATCHKEY_URL of the environment", async () => {
    const url = await listen((_request, response) => response.end("{}"));
    process.env.LATCHKEY_URL = url;
    try {
      const client = createClient({ auth: AppStrategy(CREDENTIALS) });
      expect((await client.fetchWithAuth("/x")).status).toBe(200);
    } finally {
      delete process.env.LATCHKEY_URL;
    }
  });
});
