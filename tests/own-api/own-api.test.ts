import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrustingApi } from "../../examples/own-api/behind-nginx.ts";
import { audience, createGuardedApi } from "../../examples/own-api/in-process.ts";
import { startNginx } from "../../tools/nginx/start-nginx.ts";
import { call, post } from "../attack-cases/target.ts";
import {
  createBookingScopes,
  createOwnApi,
  manageScope,
  type OwnApi,
  readScope,
} from "../support/own-api.ts";

const configFile = new URL("../../examples/own-api/nginx.conf", import.meta.url);

/** A running example, and the headers of each request that reached its own code. */
interface Running {
  readonly url: string;
  readonly reached: (readonly string[])[];
  close(): Promise<void>;
}

/** How an API is protected. */
interface Protection {
  /** How long it may take a token for good after its end, in milliseconds of the platform's clock. */
  readonly lateMs: number;
  start(platform: TestPlatform, api: OwnApi): Promise<Running>;
}

const inProcess: Protection = {
  lateMs: 1_000,
  async start(platform, { apiKey }) {
    return await serve(createGuardedApi({ issuer: platform.url, audience, apiKey, clock: platform.clock }));
  },
};

const behindNginx: Protection = {
  // It asks each time.
  lateMs: 0,
  async start(platform) {
    const api = await serve(createTrustingApi());
    const config = readFileSync(configFile, "utf8")
      .replaceAll("{LATCHKEY}", new URL(platform.url).host)
      .replaceAll("{BOOKINGS}", new URL(api.url).host);
    const nginx = await startNginx(config);
    return {
      ...api,
      url: nginx.url,
      async close() {
        await nginx.close();
        await api.close();
      },
    };
  },
};

async function serve(listener: RequestListener): Promise<Running> {
  const reached: (readonly string[])[] = [];
  const server = createServer((request, response) => {
    reached.push(request.rawHeaders);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const protections = { "in its own process": inProcess, "behind nginx": behindNginx };
const cases = (["sqlite", "postgres"] as const).flatMap((database) =>
  Object.entries(protections).map(([name, protection]) => ({ database, name, ...protection })),
);

describe.each(cases)("an API of one's own, protected $name, on $database", ({ database, lateMs, start }) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let running: Running;

  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    running = await start(platform, api);
  });
  afterAll(async () => {
    await running.close();
    await platform.close();
  });

  const read = (authorization?: string, headers: Record<string, string> = {}) =>
    call(`${running.url}/bookings`, {
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    });
  const book = (authorization: string, guest: string) =>
    post(`${running.url}/bookings`, { guest }, { authorization });

  test("serves what needs no token to everybody", async () => {
    const { body, status } = await call(`${running.url}/opening-hours`);
    expect([status, body]).toEqual([200, { opens: "08:00", closes: "22:00" }]);
  });

  test("B7 shows each site its own bookings, whatever else the request names", async () => {
    await platform.approve(api.instanceId, [readScope, manageScope]);
    const { siteId } = await platform.createSite();
    const { instanceId } = await platform.install({ appId: api.appId, siteId });
    const [here, there] = [await api.mint(), await api.mint({ instance_id: instanceId })];
    expect((await book(`Bearer ${here}`, "Ada")).body).toEqual({ booking: { bookingId: 1, guest: "Ada" } });
    expect((await book(there, "Grace")).body).toEqual({ booking: { bookingId: 1, guest: "Grace" } });
    const named = { "x-latchkey-site": api.siteId, "x-latchkey-instance": api.instanceId };
    expect((await read(there, named)).body).toEqual({ bookings: [{ bookingId: 1, guest: "Grace" }] });
    expect((await read(here)).body).toEqual({ bookings: [{ bookingId: 1, guest: "Ada" }] });
  });

  test.each([
    ["no token", async () => undefined, "Bearer"],
    ["garbage", async () => "Bearer x", 'Bearer error="invalid_token"'],
    ["the platform's own token", () => api.mint({ resource: undefined }), 'Bearer error="invalid_token"'],
    ["a token of another API", ofAnotherApi, 'Bearer error="invalid_token"'],
  ])("D10 refuses %s with 401, before the API's own code", async (_, authorization, challenge) => {
    const { headers, status } = await read(await authorization());
    expect([status, headers.get("www-authenticate")]).toEqual([401, challenge]);
  });

  test("B9 refuses what the owner has not approved, or not any more, with 403", async () => {
    await platform.approve(api.instanceId, [readScope, manageScope]);
    const token = await api.mint();
    expect((await book(token, "Alan")).status).toBe(200);
    await platform.approve(api.instanceId, [readScope]);
    await platform.clock.advance(lateMs);
    expect((await book(token, "Alan")).status).toBe(403);
    expect((await read(token)).status).toBe(200);
  });

  test(`B8 refuses a token ${lateMs} ms after its instance's removal, and never takes it again`, async () => {
    const token = await api.mint();
    expect((await read(token)).status).toBe(200);
    await platform.remove(api.instanceId);
    await platform.clock.advance(lateMs);
    expect((await read(token)).status).toBe(401);
    await platform.install({ appId: api.appId, siteId: api.siteId, grant: [readScope] });
    expect((await read(token)).status).toBe(401);
  });

  test("E10 refuses two Authorization headers, even when both are good", async () => {
    const authorization = `Bearer ${await api.mint()}`;
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${running.url}/bookings`, {
        headers: [
          "host",
          "127.0.0.1",
          ...["authorization", authorization],
          ...["authorization", authorization],
        ],
      });
      sent.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
      sent.end();
    });
    expect(status).toBeOneOf([400, 401]);
  });

  async function ofAnotherApi(): Promise<string> {
    const other = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
    return await other.mint();
  }
});

describe("nginx before an API", () => {
  let platform: TestPlatform;
  let api: OwnApi;
  let running: Running;
  const forged = {
    "x-latchkey-app": "forged",
    "X-Latchkey-Instance": "forged",
    "X-LATCHKEY-SITE": "forged",
    "x-latchkey-permissions": "forged",
    "X-Latchkey-Subject": "forged",
    x_latchkey_site: "forged",
  };

  beforeAll(async () => {
    platform = await createTestPlatform();
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    running = await behindNginx.start(platform, api);
  });
  afterAll(() => running.close());

  /** Asks for a path as it stands, which `fetch` would put in order. */
  async function askRaw(path: string): Promise<{ status: number | undefined; text: string }> {
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      request(running.url, { path }, resolve).on("error", reject).end();
    });
    let text = "";
    for await (const chunk of message.setEncoding("utf8")) text += chunk;
    return { status: message.statusCode, text };
  }

  /** The headers of the last request that reached the API, by name in lower case. */
  function lastReached(): Record<string, string[]> {
    const raw = running.reached.at(-1) ?? [];
    const headers: Record<string, string[]> = {};
    raw.forEach((name, index) => {
      if (index % 2 === 1) return;
      const key = name.toLowerCase();
      headers[key] = [...(headers[key] ?? []), raw[index + 1] ?? ""];
    });
    return headers;
  }

  test("says in place of the client who a request is from, and keeps the token to itself", async () => {
    const headers = { ...forged, authorization: `Bearer ${await api.mint()}` };
    expect((await call(`${running.url}/bookings`, { headers })).status).toBe(200);
    expect(lastReached()).toMatchObject({
      "x-latchkey-app": [api.appId],
      "x-latchkey-instance": [api.instanceId],
      "x-latchkey-site": [api.siteId],
      "x-latchkey-subject": [api.appId],
      "x-latchkey-permissions": ["BOOKINGS.READ,WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    });
    expect(lastReached()).not.toHaveProperty("authorization");
    expect(JSON.stringify(lastReached())).not.toContain("forged");
  });

  test("takes what a client says about itself from requests that need no token, too", async () => {
    expect((await call(`${running.url}/opening-hours`, { headers: forged })).status).toBe(200);
    expect(Object.keys(lastReached()).filter((name) => /latchkey/.test(name))).toEqual([]);
  });

  test("sends on the address that it judged, however a client wrote it", async () => {
    for (const path of ["/bookings/../opening-hours", "/bookings/%2e%2e/opening-hours", "/opening%2Dhours"]) {
      const { status, text } = await askRaw(path);
      expect([path, status, text]).toEqual([path, 200, '{"opens":"08:00","closes":"22:00"}']);
    }
  });

  test("lets nobody ask for less than a method needs", async () => {
    const authorization = await api.mint();
    const wanted = "permission=BOOKINGS.READ&resource=x";
    const answer = await post(`${running.url}/bookings?${wanted}`, {}, { ...forged, authorization });
    expect(answer.status).toBe(403);
    expect((await call(`${running.url}/_latchkey?${wanted}`, { headers: { authorization } })).status).toBe(
      404,
    );
  });

  test("sends a refused request on to nobody, whatever its body", async () => {
    const before = running.reached.length;
    expect((await post(`${running.url}/bookings`, { guest: "x".repeat(20_000) }, forged)).status).toBe(401);
    expect((await call(`${running.url}/bookings`, { headers: forged })).status).toBe(401);
    expect(running.reached).toHaveLength(before);
  });

  test("J9 answers 503 with Retry-After when the platform is gone", async () => {
    const authorization = await api.mint();
    await platform.close();
    const { body, headers, status } = await call(`${running.url}/bookings`, { headers: { authorization } });
    expect([status, headers.get("retry-after"), body]).toEqual([503, "1", { message: "", details: {} }]);
  });
});
