import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import {
  createBookingScopes,
  createOwnApi,
  manageBookings,
  manageScope,
  type OwnApi,
  readBookings,
  readScope,
} from "@latchkey/test-support/own-api";
import { accessErrorOf, requestWith } from "@latchkey/test-support/sdk/access-error";
import { printedForms } from "@latchkey/test-support/sdk/failure";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  AccessRefused,
  createResourceServer,
  type LatchkeyError,
  type ResourceServerOptions,
} from "./index.ts";

const audience = "https://api.example.com/bookings";
const isIntrospection = (input: unknown) => String(input).endsWith("/oauth2/introspect");

describe.each(["sqlite", "postgres"] as const)("an API with online checks on %s", (database) => {
  let platform: TestPlatform;
  let api: OwnApi;
  let other: OwnApi;

  beforeAll(async () => {
    platform = await createTestPlatform({ database });
    await createBookingScopes(platform);
    api = await createOwnApi(platform, audience);
    other = await createOwnApi(platform, "https://api.example.com/calendar");
  });
  afterAll(() => platform.close());

  /** Creates a resource server that counts requests to the platform. */
  function protect(changes: Partial<ResourceServerOptions> = {}) {
    const asked: string[] = [];
    const failures: LatchkeyError[] = [];
    const send = changes.fetch ?? fetch;
    const server = createResourceServer({
      issuer: platform.url,
      audience,
      apiKey: api.apiKey,
      // Its timers stand still, so that no request of a slow machine times out.
      clock: platform.platform.clock,
      onUnavailable: (error) => failures.push(error),
      onRefused: false,
      ...changes,
      fetch: (input, init) => {
        if (!isIntrospection(input)) return fetch(input, init);
        asked.push(String(input));
        return send(input, init);
      },
    } as ResourceServerOptions);
    return { server, asked, failures };
  }

  test("gets the caller and its permissions", async () => {
    const { server } = protect();
    const expected = {
      appId: api.appId,
      instanceId: api.instanceId,
      siteId: api.siteId,
      scopes: [readScope, "SCOPE.DC.MANAGE-YOUR-APP"],
      permissions: [readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
    };
    const token = await api.mint();
    for (const authorization of [token, `Bearer ${token}`, `bearer ${token}`, `OauthNG.JWS.${token}`]) {
      expect(await server.require(requestWith(authorization), readBookings)).toEqual(expected);
    }
    expect(await server.require({ headers: { authorization: token } })).toEqual(expected);
  });

  test("responds with the missing permission", async () => {
    const refused = await accessErrorOf(
      protect().server.require(requestWith(await api.mint()), manageBookings),
    );
    expect([refused.status, refused.reason, refused.body, refused.headers["www-authenticate"]]).toEqual([
      403,
      "permission_denied",
      {
        message: "Permission BOOKINGS.MANAGE is required",
        details: {
          applicationError: {
            code: "PERMISSION_DENIED",
            description: "Permission BOOKINGS.MANAGE is required",
            data: { permission: "BOOKINGS.MANAGE" },
          },
        },
      },
      'Bearer error="insufficient_scope"',
    ]);
  });

  test("caches the result of an active token for less than a second", async () => {
    const { asked, server } = protect();
    const request = requestWith(await api.mint());
    await Promise.all(Array.from({ length: 20 }, () => server.require(request)));
    await platform.clock.advance(999);
    await server.require(request);
    expect(asked).toEqual([`${platform.url}/oauth2/introspect`]);
    await platform.clock.advance(1);
    await server.require(request);
    expect(asked).toHaveLength(2);
  });

  test("B8 rejects a token of a removed instance within a second", async () => {
    const removed = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
    const { server } = protect({ audience: removed.audience, apiKey: removed.apiKey });
    const request = requestWith(await removed.mint());
    await server.require(request);
    await platform.remove(removed.instanceId);
    await platform.clock.advance(1_000);
    expect(await accessErrorOf(server.require(request))).toMatchObject({ status: 401, reason: "inactive" });
  });

  test("B8 caches for a second that a token is inactive, however often it is sent", async () => {
    const paused = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
    const { asked, server } = protect({ audience: paused.audience, apiKey: paused.apiKey });
    const request = requestWith(await paused.mint());
    await platform.suspend(paused.instanceId);
    for (const [ms, times] of [
      [0, 1],
      [999, 1],
      [1, 2],
    ] as const) {
      await platform.clock.advance(ms);
      expect(await accessErrorOf(server.require(request))).toMatchObject({ status: 401, reason: "inactive" });
      expect(asked).toHaveLength(times);
    }
  });

  test("FR-A10: rejects forged and expired tokens without a request about them", async () => {
    const { asked, server } = protect();
    const token = await api.mint();
    const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(86)}`;
    for (let count = 0; count < 100; count += 1) {
      expect((await accessErrorOf(server.require(requestWith(forged)))).reason).toBe("bad_signature");
    }
    await platform.clock.advance("4h");
    // The platform decides about the minute after the expiry, because clocks can differ.
    expect((await accessErrorOf(server.require(requestWith(token)))).reason).toBe("inactive");
    expect(asked).toHaveLength(1);
    await platform.clock.advance("1m");
    for (let count = 0; count < 100; count += 1) {
      expect((await accessErrorOf(server.require(requestWith(token)))).reason).toBe("expired");
    }
    expect(asked).toHaveLength(1);
  });

  test("FR-A10: sends at most 256 requests at a time, and 503 for further tokens", async () => {
    const release = Promise.withResolvers<void>();
    const { asked, failures, server } = protect({
      fetch: async (input, init) => {
        await release.promise;
        return await fetch(input, init);
      },
    });
    const tokens = await Promise.all(Array.from({ length: 257 }, () => api.mint()));
    const results = tokens.map((token) =>
      server.require(requestWith(token)).then(
        () => 200,
        (error: AccessRefused) => error.status,
      ),
    );
    await expect.poll(() => [asked.length, failures.length], { timeout: 20_000 }).toEqual([256, 1]);
    release.resolve();
    const statuses = await Promise.all(results);
    expect([statuses.filter((status) => status === 503).length, failures[0]?.code]).toEqual([
      1,
      "rate_limited",
    ]);
    await server.require(requestWith(tokens.at(-1)));
  });

  test("B9 rejects a revoked permission within a second", async () => {
    const { server } = protect();
    await platform.approve(api.instanceId, [readScope, manageScope]);
    const request = requestWith(await api.mint());
    await server.require(request, manageBookings);
    await platform.approve(api.instanceId, [readScope]);
    await platform.clock.advance(1_000);
    expect((await accessErrorOf(server.require(request, manageBookings))).status).toBe(403);
    await server.require(request, readBookings);
  });

  test("D10 rejects tokens for another API and for the platform, without a request", async () => {
    const { asked, server } = protect();
    for (const token of [await other.mint(), await api.mint({ resource: undefined })]) {
      const refused = await accessErrorOf(server.require(requestWith(token)));
      expect([refused.status, refused.reason, refused.headers["www-authenticate"]]).toEqual([
        401,
        "wrong_audience",
        'Bearer error="invalid_token"',
      ]);
    }
    expect(asked).toEqual([]);
  });

  test("D10 responds with 503 when its key is bound to another API", async () => {
    const { failures, server } = protect({ apiKey: other.apiKey });
    const refused = await accessErrorOf(server.require(requestWith(await api.mint())));
    expect([refused.status, failures]).toEqual([401, []]);
  });

  test.each([
    ["no token", undefined, "no_token", "Bearer"],
    ["HTTP Basic", "Basic eDp5", "no_token", "Bearer"],
    ["garbage", "Bearer garbage", "malformed", 'Bearer error="invalid_token"'],
    ["several tokens", "Bearer a, Bearer b", "malformed", 'Bearer error="invalid_token"'],
  ])("rejects a request with %s locally", async (_, authorization, reason, challenge) => {
    const { asked, server } = protect();
    const refused = await accessErrorOf(server.require(requestWith(authorization)));
    expect([refused.status, refused.reason, refused.headers["www-authenticate"]]).toEqual([
      401,
      reason,
      challenge,
    ]);
    expect(asked).toEqual([]);
  });

  test("rejects two Authorization headers, of which node:http shows only the first", async () => {
    const token = await api.mint();
    const carrier = {
      headers: { authorization: token },
      rawHeaders: ["Authorization", token, "authorization", "x"],
    };
    expect(await accessErrorOf(protect().server.require(carrier))).toMatchObject({
      status: 401,
      reason: "malformed",
    });
  });

  test("responds with 503, never 401, when its key is not valid", async () => {
    const { failures, server } = protect({ apiKey: platform.adminKey });
    const token = await api.mint();
    const refused = await accessErrorOf(server.require(requestWith(token)));
    expect([refused.status, refused.headers["retry-after"], refused.body]).toEqual([
      503,
      "1",
      { message: "", details: {} },
    ]);
    expect(failures.map(({ code, message, status }) => ({ code, message, status }))).toEqual([
      {
        code: "unauthenticated",
        message:
          "POST /oauth2/introspect failed with status 401. Check that apiKey has the scope " +
          "tokens:introspect, is bound to this audience, and was not deleted.",
        status: 401,
      },
    ]);
    for (const shown of [printedForms(refused), printedForms(failures[0])]) {
      expect(shown).not.toContain(platform.adminKey);
      expect(shown).not.toContain(token);
    }
  });

  const full = new Error("The disk of the log is full.");
  test.each([
    ["throws", vi.fn().mockThrow(full)],
    ["rejects", vi.fn().mockRejectedValue(full)],
  ])("responds with 503 even when onUnavailable %s", async (_, onUnavailable) => {
    const failed = vi.spyOn(console, "error").mockImplementation(() => {});
    const { server } = protect({ apiKey: platform.adminKey, onUnavailable });
    expect((await accessErrorOf(server.require(requestWith(await api.mint())))).status).toBe(503);
    await vi.waitFor(() => expect(String(failed.mock.calls)).toBe("Error: The disk of the log is full."));
    failed.mockRestore();
  });

  test.each([
    ["nobody listens", () => Promise.reject(new TypeError("fetch failed")), "network"],
    [
      "it responds with 503",
      async () => Response.json({ error: "temporarily_unavailable" }, { status: 503 }),
      "server_error",
    ],
    ["it responds with 429", async () => Response.json({}, { status: 429 }), "server_error"],
    ["it responds with HTML", async () => new Response("<html>"), "unexpected_response"],
    ["active is not a boolean", async () => Response.json({ active: "true" }), "unexpected_response"],
    [
      "it redirects",
      async () => new Response(null, { status: 307, headers: { location: "/" } }),
      "unexpected_response",
    ],
    [
      "the audience is another API",
      async () => Response.json({ active: true, aud: "x" }),
      "unexpected_response",
    ],
  ])("J9 responds with 503 when %s, and recovers", async (_, response, code) => {
    let broken = true;
    const { failures, server } = protect({
      fetch: (input, init) => (broken ? response() : fetch(input, init)),
    });
    const request = requestWith(await api.mint());
    const refused = await accessErrorOf(server.require(request));
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect(failures.map((failure) => failure.code)).toEqual([code]);
    broken = false;
    expect(await server.require(request)).toMatchObject({ instanceId: api.instanceId });
  });

  test("J9 does not extend a cached result during an outage", async () => {
    let broken = false;
    const { server } = protect({
      fetch: (input, init) => (broken ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init)),
    });
    const request = requestWith(await api.mint());
    await server.require(request);
    broken = true;
    await platform.clock.advance(999);
    await server.require(request);
    await platform.clock.advance(1);
    expect((await accessErrorOf(server.require(request))).status).toBe(503);
  });

  test("J9 waits for a response no longer than the cache time", async () => {
    const reached = Promise.withResolvers<void>();
    const { server } = protect({
      fetch: () => {
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const refused = accessErrorOf(server.require(requestWith(await api.mint())));
    await reached.promise;
    await platform.clock.advance(1_000);
    expect((await refused).status).toBe(503);
  });

  test("retries once after a broken connection", async () => {
    let times = 0;
    const { failures, server } = protect({
      fetch: (input, init) => {
        times += 1;
        return times === 1 ? Promise.reject(new TypeError("socket hang up")) : fetch(input, init);
      },
    });
    expect(await server.require(requestWith(await api.mint()))).toMatchObject({ appId: api.appId });
    expect([times, failures]).toEqual([2, []]);
  });

  test("evicts the least recently used result", async () => {
    const { asked, server } = protect({ cacheSize: 1 });
    const [one, two] = [requestWith(await api.mint()), requestWith(await api.mint())];
    for (const request of [one, one, two, one]) await server.require(request);
    expect(asked).toHaveLength(3);
  });
});

describe("a resource server", () => {
  const options = { issuer: "https://platform.example", audience, apiKey: "lka_key" };

  test.each([
    ["without a way to check", { ...options, apiKey: "" }, "missing_credentials"],
    ["without a way to check", { ...options, apiKey: undefined }, "missing_credentials"],
    ["over plain http", { ...options, issuer: "http://platform.example" }, "insecure_api_url"],
    ["with an invalid URL", { ...options, issuer: "platform" }, "invalid_api_url"],
  ])("is not created %s", (_, given, code) => {
    expect(() => createResourceServer(given as ResourceServerOptions)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test.each([
    { ...options, audience: "" },
    { ...options, issuer: "" },
    { ...options, audience: "https://platform.example" },
    { ...options, audience: "https://platform.example/" },
  ])("is not created without an audience, or for the platform's own", (given) => {
    expect(() => createResourceServer(given)).toThrow(TypeError);
  });

  test("turns an error into a Response", async () => {
    const refused = await accessErrorOf(createResourceServer(options).require(requestWith(undefined)));
    expect(refused).toBeInstanceOf(AccessRefused);
    const response = refused.toResponse();
    expect([response.status, Object.fromEntries(response.headers), await response.json()]).toEqual([
      401,
      {
        "cache-control": "no-store",
        "content-type": "application/json; charset=utf-8",
        "www-authenticate": "Bearer",
      },
      {
        message: "Send an access token in the Authorization header.",
        details: {
          applicationError: {
            code: "UNAUTHENTICATED",
            description: "Send an access token in the Authorization header.",
            data: {},
          },
        },
      },
    ]);
  });
});
