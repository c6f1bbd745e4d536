import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { claimsOf, encode, headerOf, partsOf, signToken } from "@latchkey/test-support/forged-token";
import { managementCaller } from "@latchkey/test-support/management-client";
import {
  createBookingScopes,
  createOwnApi,
  manageBookings,
  type OwnApi,
  readBookings,
  readScope,
} from "@latchkey/test-support/own-api";
import { accessErrorOf, requestWith } from "@latchkey/test-support/sdk/access-error";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createResourceServer, type LatchkeyError, type ResourceServerOptions } from "./index.ts";

const audience = "https://api.example.com/bookings";
const hour = 3_600_000;

describe.each(["sqlite", "postgres"] as const)("an API with offline checks on %s", (database) => {
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

  /** Creates a resource server that counts key requests and can be disconnected from the platform. */
  function protect(changes: Partial<ResourceServerOptions> = {}) {
    const asked: string[] = [];
    const failures: LatchkeyError[] = [];
    const line = { cut: false };
    const server = createResourceServer({
      issuer: platform.url,
      audience,
      offline: true,
      clock: platform.clock,
      fetch: (input, init) => {
        asked.push(String(input));
        return line.cut ? Promise.reject(new TypeError("fetch failed")) : fetch(input, init);
      },
      onUnavailable: (error) => failures.push(error),
      onRefused: false,
      ...changes,
    } as ResourceServerOptions);
    return { server, asked, failures, line };
  }

  async function forged(changes: object, head: object = {}): Promise<string> {
    const token = await api.mint();
    const { privateKey } = await platform.signingKey();
    return signToken({ ...headerOf(token), ...head }, { ...claimsOf(token), ...changes }, privateKey);
  }

  test("(FR-E9) writes one line a minute for a token of another issuer, and none for a missing token", async () => {
    const written = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { server } = protect({ onRefused: undefined });
    const token = await forged({ iss: "https://other.test" });
    for (const given of [undefined, token, token]) await accessErrorOf(server.require(requestWith(given)));
    expect(written.mock.calls).toEqual([
      [
        "latchkey: an access token was refused (wrong_issuer). " +
          `This API accepts tokens of ${platform.url} for ${audience}. Check issuer, audience and the clock.`,
      ],
    ]);
    written.mockRestore();
  });

  test("(FR-E9) passes each refused request to onRefused", async () => {
    const reasons: string[] = [];
    const { server } = protect({ onRefused: ({ reason }) => reasons.push(reason) });
    await accessErrorOf(server.require(requestWith(undefined)));
    await accessErrorOf(server.require(requestWith("x")));
    expect(reasons).toEqual(["no_token", "malformed"]);
  });

  test("reads the caller from the token, and fetches the keys once", async () => {
    const { asked, server } = protect();
    const token = await api.mint();
    for (const authorization of [token, `Bearer ${token}`, `OauthNG.JWS.${token}`, await api.mint()]) {
      expect(await server.require(requestWith(authorization), readBookings)).toEqual({
        appId: api.appId,
        instanceId: api.instanceId,
        siteId: api.siteId,
        scopes: [readScope, "SCOPE.DC.MANAGE-YOUR-APP"],
        permissions: [readBookings, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE"],
      });
    }
    expect(asked).toEqual([`${platform.url}/.well-known/jwks.json`]);
    expect((await accessErrorOf(server.require(requestWith(token), manageBookings))).status).toBe(403);
  });

  test("accepts a token of a removed instance until it expires", async () => {
    const removed = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
    const { server } = protect({ audience: removed.audience });
    const request = requestWith(await removed.mint());
    await platform.remove(removed.instanceId);
    await server.require(request);
    const start = platform.clock.now();
    const { exp } = claimsOf((request.headers.get("authorization") ?? "").replace("Bearer ", ""));
    await platform.clock.advance(Number(exp) * 1_000 - start - 1);
    await server.require(request);
    await platform.clock.advance(1);
    expect(await accessErrorOf(server.require(request))).toMatchObject({ status: 401, reason: "expired" });
  });

  test.each([
    ["D1 rejects alg none", { alg: "none" }, "malformed"],
    ["D4 rejects another algorithm with a valid signature", { alg: "ES384" }, "malformed"],
    ["D5 rejects a key inside the token", { jwk: {} }, "malformed"],
    ["D5 rejects the address of a key", { jku: "https://evil.example/jwks.json" }, "malformed"],
    ["D6 rejects a kid that is a path", { kid: "../../dev/null" }, "malformed"],
    ["D6 rejects an unknown kid", { kid: "unknown" }, "unknown_key"],
    ["D7 rejects crit", { crit: ["exp"] }, "malformed"],
    ["D12 rejects another type", { typ: "webhook+jwt" }, "malformed"],
    ["D12 rejects no type", { typ: undefined }, "malformed"],
  ])("%s", async (_, head, reason) => {
    const { server } = protect();
    const refused = await accessErrorOf(server.require(requestWith(await forged({}, head))));
    expect([refused.status, refused.reason]).toEqual([401, reason]);
  });

  test.each([
    ["D9 rejects a token without exp", () => ({ exp: undefined }), "malformed"],
    ["D9 rejects exp as text", () => ({ exp: "9999999999" }), "malformed"],
    ["D9 rejects a token with too long a lifetime", () => ({ exp: 4_000_000_000 }), "lives_too_long"],
    ["D10 rejects a token without audience", () => ({ aud: undefined }), "malformed"],
    ["D10 rejects a token for another API", () => ({ aud: other.audience }), "wrong_audience"],
    ["D10 rejects a token for the platform", () => ({ aud: platform.url }), "wrong_audience"],
    [
      "D10 rejects a list that contains the audience",
      () => ({ aud: [audience, other.audience] }),
      "malformed",
    ],
    ["D10 rejects a list of only the audience", () => ({ aud: [audience] }), "malformed"],
    ["D10 rejects a prefix of the audience", () => ({ aud: audience.slice(0, -1) }), "wrong_audience"],
    ["D10 rejects the audience with a trailing slash", () => ({ aud: `${audience}/` }), "wrong_audience"],
    ["D10 rejects the audience in another case", () => ({ aud: audience.toUpperCase() }), "wrong_audience"],
    ["D11 rejects another issuer", () => ({ iss: "https://latchkey.example" }), "wrong_issuer"],
    ["D11 rejects the issuer with a trailing slash", () => ({ iss: `${platform.url}/` }), "wrong_issuer"],
  ])("%s", async (_, changes, reason) => {
    const { server } = protect();
    const refused = await accessErrorOf(server.require(requestWith(await forged(changes()))));
    expect([refused.status, refused.reason]).toEqual([401, reason]);
  });

  test("accepts the issuer under another name of loopback (FR-E9)", async () => {
    const { server } = protect({
      issuer: platform.url.replace("127.0.0.1", "localhost"),
      apiUrl: platform.url,
    });
    const { instanceId } = await server.require(requestWith(await api.mint()));
    expect(instanceId).toBe(api.instanceId);
  });

  test("D2 rejects another payload with a valid signature, also after a valid token", async () => {
    const { server } = protect();
    const token = await api.mint();
    await server.require(requestWith(token));
    const [header, , signature] = partsOf(token);
    const wider = { ...claimsOf(token), permissions: [manageBookings] };
    const altered = `${header}.${encode(wider)}.${signature}`;
    expect(await accessErrorOf(server.require(requestWith(altered)))).toMatchObject({
      status: 401,
      reason: "bad_signature",
    });
  });

  test("D8 rejects a signature of zeroes", async () => {
    const [header, payload] = partsOf(await api.mint());
    const zeroes = Buffer.alloc(64).toString("base64url");
    const refused = await accessErrorOf(
      protect().server.require(requestWith(`${header}.${payload}.${zeroes}`)),
    );
    expect([refused.status, refused.reason]).toEqual([401, "bad_signature"]);
  });

  test("D16 accepts tokens of a new key at once: unknown keys are fetched", async () => {
    const { asked, server } = protect();
    await server.require(requestWith(await api.mint()));
    await managementCaller(platform)("POST /keys", { body: { activateNow: true } });
    await platform.clock.advance(5_000);
    const token = await api.mint();
    await server.require(requestWith(token));
    await server.require(requestWith(token));
    expect(asked).toHaveLength(2);
  });

  test("D13 rejects tokens of a removed key after the next fetch of the keys", async () => {
    const { server } = protect();
    const token = await api.mint();
    await server.require(requestWith(token));
    const { kid } = await platform.signingKey();
    await managementCaller(platform)("POST /keys", { body: { activateNow: true } });
    await managementCaller(platform)(`POST /keys/${kid}/retire`, { body: { compromised: true } });
    await platform.clock.advance(hour);
    expect(await accessErrorOf(server.require(requestWith(token)))).toMatchObject({
      status: 401,
      reason: "unknown_key",
    });
  });

  test("D6 sends at most one request in 5 seconds for tokens with unknown keys", async () => {
    const { asked, server } = protect();
    await server.require(requestWith(await api.mint()));
    const strange = await Promise.all(
      Array.from({ length: 20 }, (_, index) => forged({}, { kid: `strange-${index}` })),
    );
    const refuseAll = async () => {
      const refused = await Promise.all(
        strange.map((token) => accessErrorOf(server.require(requestWith(token)))),
      );
      expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(["unknown_key"]));
    };
    await refuseAll();
    expect(asked).toHaveLength(1);
    await platform.clock.advance(5_000);
    await refuseAll();
    await refuseAll();
    expect(asked).toHaveLength(2);
  });

  test("J9 responds with 503 while it has no keys, and fetches them again after 5 seconds", async () => {
    const { asked, failures, line, server } = protect();
    line.cut = true;
    const request = requestWith(await api.mint());
    for (const _ of [1, 2]) {
      const refused = await accessErrorOf(server.require(request));
      expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    }
    expect(asked).toHaveLength(1);
    expect(failures.map(({ code }) => code)).toEqual(["network", "network"]);
    line.cut = false;
    await platform.clock.advance(5_000);
    await server.require(request);
    expect(asked).toHaveLength(2);
  });

  test("J9 uses its keys for a day during an outage; tokens of other keys get 503", async () => {
    const { line, server } = protect();
    await server.require(requestWith(await api.mint()));
    line.cut = true;
    await platform.clock.advance(23 * hour);
    await server.require(requestWith(await api.mint()));
    const strange = await forged({}, { kid: "strange" });
    expect((await accessErrorOf(server.require(requestWith(strange)))).status).toBe(503);
    await platform.clock.advance(hour);
    expect((await accessErrorOf(server.require(requestWith(await api.mint())))).status).toBe(503);
  });

  test.each([
    ["no JSON", "<html>"],
    ["no key", '{"keys":[]}'],
    ["keys of another kind", '{"keys":[{"kty":"RSA","kid":"a"},{"kty":"EC","crv":"P-384","kid":"b"}]}'],
    ["a broken key", '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"1","y":"2"}]}'],
  ])("responds with 503 when the key set has %s", async (_, text) => {
    const { failures, server } = protect({ fetch: async () => new Response(text) });
    expect((await accessErrorOf(server.require(requestWith(await api.mint())))).status).toBe(503);
    expect(failures.map(({ code }) => code)).toEqual(["unexpected_response"]);
  });
});
