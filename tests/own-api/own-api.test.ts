import { createServer, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import {
  createBookingScopes,
  createOwnApi,
  manageScope,
  type OwnApi,
  readScope,
} from "@latchkey/test-support/own-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrustingApi } from "../../examples/own-api/behind-proxy.ts";
import { audience, createGuardedApi } from "../../examples/own-api/in-process.ts";
import type { ProxyName } from "../../tools/proxies/start-proxy.ts";
import { call, post } from "../attack-cases/target.ts";
import { startExample } from "../proxies/proxies.ts";

/** A running example. */
interface Running {
  readonly url: string;
  close(): Promise<void>;
}

/** The protection of an API. */
interface Protection {
  /** The time for which a revoked token can still be accepted, in milliseconds of the platform's clock. */
  readonly lateMs: number;
  start(platform: TestPlatform, api: OwnApi): Promise<Running>;
}

const inProcess: Protection = {
  lateMs: 1_000,
  async start(platform, { apiKey }) {
    return await serve(createGuardedApi({ issuer: platform.url, audience, apiKey, clock: platform.clock }));
  },
};

const behind = (program: ProxyName): Protection => ({
  // The proxy checks each request.
  lateMs: 0,
  async start(platform) {
    const api = await serve(createTrustingApi());
    const addresses = { latchkey: new URL(platform.url).host, bookings: new URL(api.url).host };
    const proxy = await startExample(program, addresses);
    return {
      url: proxy.url,
      async close() {
        await proxy.close();
        await api.close();
      },
    };
  },
});

async function serve(listener: RequestListener): Promise<Running> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const protections = {
  "in its own process": inProcess,
  "behind nginx": behind("nginx"),
  "behind Caddy": behind("caddy"),
  "behind HAProxy": behind("haproxy"),
};
const cases = (["sqlite", "postgres"] as const).flatMap((database) =>
  Object.entries(protections).map(([name, protection]) => ({ database, name, ...protection })),
);

describe.each(cases)("an external API, protected $name, on $database", ({ database, lateMs, start }) => {
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

  test("serves public routes without a token", async () => {
    const { body, status } = await call(`${running.url}/opening-hours`);
    expect([status, body]).toEqual([200, { opens: "08:00", closes: "22:00" }]);
  });

  test("B7 returns the bookings of the token's site, whatever the request names", async () => {
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
  ])("D10 rejects %s with 401, before the API's own code", async (_, authorization, challenge) => {
    const { headers, status } = await read(await authorization());
    expect([status, headers.get("www-authenticate")]).toEqual([401, challenge]);
  });

  test("B9 rejects what the owner has not approved, or not any more, with 403", async () => {
    await platform.approve(api.instanceId, [readScope, manageScope]);
    const token = await api.mint();
    expect((await book(token, "Alan")).status).toBe(200);
    await platform.approve(api.instanceId, [readScope]);
    await platform.clock.advance(lateMs);
    expect((await book(token, "Alan")).status).toBe(403);
    expect((await read(token)).status).toBe(200);
  });

  test(`B8 rejects a token ${lateMs} ms after the removal of its instance, also after a reinstall`, async () => {
    const token = await api.mint();
    expect((await read(token)).status).toBe(200);
    await platform.remove(api.instanceId);
    await platform.clock.advance(lateMs);
    expect((await read(token)).status).toBe(401);
    await platform.install({ appId: api.appId, siteId: api.siteId, grant: [readScope] });
    expect((await read(token)).status).toBe(401);
  });

  test("E10 rejects two Authorization headers, even when both are valid", async () => {
    const authorization = `Bearer ${await api.mint()}`;
    const headers = ["authorization", authorization, "authorization", authorization];
    const status = await statusOf(`${running.url}/bookings`, { headers });
    expect(status).toBeOneOf([400, 401]);
  });

  async function ofAnotherApi(): Promise<string> {
    const other = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
    return await other.mint();
  }
});

describe("an API behind its proxy", () => {
  const identity = {
    "x-latchkey-app": "app",
    "x-latchkey-instance": "instance",
    "x-latchkey-site": "site",
    "x-latchkey-subject": "app",
    "x-latchkey-permissions": "BOOKINGS.READ",
  };
  let running: Running;

  beforeAll(async () => {
    running = await serve(createTrustingApi());
  });
  afterAll(() => running.close());

  test("FR-C1: serves a request with all identity headers", async () => {
    const { body, status } = await call(`${running.url}/bookings`, { headers: identity });
    expect([status, body]).toEqual([200, { bookings: [] }]);
  });

  test.each(Object.keys(identity))(
    "FR-C1: rejects a request without %s, or with two of them",
    async (name) => {
      const others = Object.entries(identity).filter(([other]) => other !== name);
      for (const own of [
        [],
        [[name, ""]],
        [
          [name, "one"],
          [name, "two"],
        ],
      ]) {
        const headers = [...others, ...own].flat();
        for (const method of ["GET", "POST"]) {
          expect(await statusOf(`${running.url}/bookings`, { method, headers })).toBe(401);
        }
      }
    },
  );
});

/** Sends raw headers: names and values in turn. */
function statusOf(url: string, { method = "GET", headers }: { method?: string; headers: readonly string[] }) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: ["host", "127.0.0.1", ...headers] });
    sent.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
    sent.end();
  });
}
