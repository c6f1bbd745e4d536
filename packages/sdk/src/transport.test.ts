import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  CREDENTIALS,
  createScriptedPlatform,
  issue,
  json,
  refusedConnection,
  type Script,
  silence,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "./app-strategy.ts";
import { createClient } from "./create-client.ts";
import { products } from "./stores/products.ts";

const HOUR = 3_600_000;
const PAGE = { products: [], metadata: { items: 0, offset: 0 }, totalResults: 0 };

function connect(script: Script = {}) {
  const platform = createScriptedPlatform(script);
  const client = createClient({ auth: AppStrategy(CREDENTIALS), modules: { products }, ...platform.options });
  return {
    ...platform,
    client,
    find: (signal?: AbortSignal) => client.products.queryProducts().find({ signal }),
  };
}

/** Returns the given responses in turn, and then repeats the last one. */
function inTurn(...responses: (() => Response | Promise<Response>)[]): () => Response | Promise<Response> {
  let turn = 0;
  return () => (responses[Math.min(turn++, responses.length - 1)] ?? json)(undefined as never);
}

describe("the token on a call", () => {
  it("is requested with the app's credentials and sent unchanged", async () => {
    const { client, tokenRequests, calls } = connect();
    const response = await client.fetchWithAuth("/apps/v1/instance?x=1", { headers: { "x-mine": "1" } });
    expect(response.status).toBe(200);
    expect(tokenRequests).toHaveLength(1);
    expect(tokenRequests[0]).toMatchObject({
      method: "POST",
      url: "https://platform.test/oauth2/token",
      token: null,
    });
    expect(tokenRequests[0]?.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(tokenRequests[0]?.body ?? "")).toEqual({
      grant_type: "client_credentials",
      client_id: "b2f00000-0000-4000-8000-000000000001",
      client_secret: "lks_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp10TMIFu",
      instance_id: "5a1c0000-0000-4000-8000-000000000001",
    });
    expect(calls[0]).toMatchObject({
      method: "GET",
      url: "https://platform.test/apps/v1/instance?x=1",
      token: "token-1",
    });
    expect(calls[0]?.headers.get("x-mine")).toBe("1");
  });

  it("replaces an Authorization header that the caller set", async () => {
    const { client, calls } = connect();
    await client.fetchWithAuth("/x", { headers: { Authorization: "mine" } });
    expect(calls[0]?.token).toBe("token-1");
  });

  it("has the requested scopes, sorted", async () => {
    const platform = createScriptedPlatform();
    const auth = AppStrategy({ ...CREDENTIALS, scopes: ["B.READ", "A.READ", "B.READ"] });
    await createClient({ auth, ...platform.options }).fetchWithAuth("/x");
    expect(JSON.parse(platform.tokenRequests[0]?.body ?? "").scope).toBe("A.READ B.READ");
  });

  it("is requested once for 1,000 first calls", async () => {
    const { client, tokenRequests, calls } = connect();
    await Promise.all(Array.from({ length: 1_000 }, () => client.fetchWithAuth("/x")));
    expect([tokenRequests.length, calls.length]).toEqual([1, 1_000]);
  });

  it("is requested once more when it expires under load", async () => {
    const { client, tokenRequests, clock } = connect();
    await client.fetchWithAuth("/x");
    await clock.advance(4 * HOUR);
    await Promise.all(Array.from({ length: 1_000 }, () => client.fetchWithAuth("/x")));
    expect(tokenRequests).toHaveLength(2);
  });

  it("is never sent to another host", async () => {
    const { client, tokenRequests } = connect();
    const error = await failureOf(client.fetchWithAuth("https://evil.test/x"));
    expect(error.code).toBe("foreign_host");
    expect(tokenRequests).toEqual([]);
  });

  it("is not requested without an instance", async () => {
    const platform = createScriptedPlatform();
    const { appId, appSecret } = CREDENTIALS;
    const client = createClient({ auth: AppStrategy({ appId, appSecret }), ...platform.options });
    const error = await failureOf(client.fetchWithAuth("/x"));
    expect(error.code).toBe("missing_credentials");
    expect(error.message).toMatch(/^instanceId is missing/);
    expect(platform.tokenRequests).toEqual([]);
  });
});

describe("a 401 of the API", () => {
  const refuseFirst = ({ token }: { token: string | null }) =>
    token === "token-1" ? json({}, 401) : json(PAGE);

  it("causes exactly one new token and one retry", async () => {
    const { find, tokenRequests, calls } = connect({ onCall: refuseFirst });
    expect((await find()).items).toEqual([]);
    expect(calls.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
    expect(calls[1]?.body).toBe(calls[0]?.body);
    expect(tokenRequests).toHaveLength(2);
  });

  it("causes one new token for 1,000 concurrent calls", async () => {
    const { find, tokenRequests, calls } = connect({ onCall: refuseFirst });
    await Promise.all(Array.from({ length: 1_000 }, () => find()));
    expect([tokenRequests.length, calls.length]).toEqual([2, 2_000]);
  });

  it("is reported when the new token is also rejected", async () => {
    const { find, tokenRequests, calls } = connect({
      onCall: () => json({ message: "Token is dead", details: {} }, 401, { "x-request-id": "req-7" }),
    });
    const error = await failureOf(find());
    expect([error.code, error.status, error.requestId, error.retryable]).toEqual([
      "unauthenticated",
      401,
      "req-7",
      false,
    ]);
    expect(error.message).toBe(
      "GET /stores-reader/v1/products/query-platformized failed with status 401 (Token is dead), request ID req-7. " +
        "A new access token failed too. Check that the app is still installed on the site.",
    );
    expect([tokenRequests.length, calls.length]).toEqual([2, 2]);
  });

  it("is returned by fetchWithAuth when the new token is also rejected", async () => {
    const { client, calls } = connect({ onCall: () => json({ n: 1 }, 401) });
    const response = await client.fetchWithAuth("/x");
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ n: 1 });
    expect(calls).toHaveLength(2);
  });

  it("has the reason when no new token can be requested", async () => {
    const { find } = connect({
      onToken: (_request, count) =>
        count === 1
          ? issue("token-1")
          : json({ error: "invalid_grant", error_description: "No such instance." }, 404),
      onCall: () => json({}, 401),
    });
    const error = await failureOf(find());
    expect([error.code, error.status, error.reason]).toEqual(["token_request_failed", 404, "invalid_grant"]);
  });

  it("is not retried when the body was a stream, but the token is dropped", async () => {
    const { client, calls, tokenRequests } = connect({ onCall: refuseFirst });
    const body = new Blob(["x"]).stream();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await client.fetchWithAuth("/x", init)).status).toBe(401);
    expect(calls).toHaveLength(1);
    expect((await client.fetchWithAuth("/x")).status).toBe(200);
    expect(tokenRequests).toHaveLength(2);
  });
});

describe("retries", () => {
  it("repeat a read after a 502", async () => {
    const { find, clock, calls } = connect({
      onCall: inTurn(
        () => json({}, 502),
        () => json(PAGE),
      ),
    });
    const found = find();
    await clock.advance(125);
    expect((await found).items).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  it("end after three attempts with the last response", async () => {
    const { find, clock, calls } = connect({
      onCall: (_request, count) =>
        json({ message: "", details: {} }, 503, { "x-wix-request-id": `req-${count}` }),
    });
    const failed = failureOf(find());
    await clock.advance(125);
    await clock.advance(250);
    const error = await failed;
    expect([error.code, error.status, error.requestId, error.retryable]).toEqual([
      "server_error",
      503,
      "req-3",
      true,
    ]);
    expect(error.message).toBe(
      "GET /stores-reader/v1/products/query-platformized failed with status 503, request ID req-3. " +
        "Try again later. If the error persists, report the request ID.",
    );
    expect(calls).toHaveLength(3);
  });

  it.each([
    ["GET", {}, 3],
    ["HEAD", {}, 3],
    ["POST", {}, 1],
    ["PATCH", {}, 1],
    ["DELETE", {}, 1],
    ["POST", { "Idempotency-Key": "k" }, 3],
  ])("after network errors send %s %j %i times", async (method, headers, times) => {
    const { client, clock, calls } = connect({ onCall: refusedConnection });
    const failed = failureOf(client.fetchWithAuth("/x", { method, headers }));
    await clock.advance(125);
    await clock.advance(250);
    const error = await failed;
    expect([error.code, error.retryable]).toEqual(["network", true]);
    expect(error.message).toBe(
      `${method} /x failed, because the request could not be sent or the response could not be read (fetch failed: connect ECONNREFUSED 127.0.0.1:1). ` +
        "Check that the platform is running and that apiUrl is correct.",
    );
    expect(calls).toHaveLength(times);
  });

  it.each([
    [429, { "retry-after": "3" }],
    [503, { "retry-after": "Fri, 02 Jan 2026 03:04:08 GMT" }],
  ])("obey Retry-After of a %i for writes too", async (status, headers) => {
    const { client, clock, calls } = connect({
      onCall: inTurn(
        () => json({}, status, headers),
        () => json({}),
      ),
    });
    const call = client.fetchWithAuth("/x", { method: "POST", body: "{}" });
    await clock.advance(2_999);
    expect(calls).toHaveLength(1);
    await clock.advance(126);
    expect((await call).status).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it("report a persistent rate limit", async () => {
    const { find, clock } = connect({ onCall: () => json({ message: "Slow down", details: {} }, 429) });
    const failed = failureOf(find());
    await clock.advance(125);
    await clock.advance(250);
    const error = await failed;
    expect([error.code, error.status, error.retryable]).toEqual(["rate_limited", 429, true]);
  });

  it("never send a stream twice", async () => {
    const { client, calls } = connect({ onCall: () => json({}, 429) });
    const body = new Blob(["x"]).stream();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    expect((await client.fetchWithAuth("/x", init)).status).toBe(429);
    expect(calls).toHaveLength(1);
  });

  it("stop when the caller aborts", async () => {
    const { find, clock, calls } = connect({ onCall: () => json({}, 429, { "retry-after": "60" }) });
    const controller = new AbortController();
    const failed = failureOf(find(controller.signal));
    await clock.advance(1_000);
    controller.abort();
    expect((await failed).code).toBe("aborted");
    expect(calls).toHaveLength(1);
    expect(clock.waiting).toEqual([]);
  });
});

describe("the timeout", () => {
  it("ends each attempt of a read after ten seconds, and the call after three attempts", async () => {
    const { find, clock, calls } = connect({ onCall: silence });
    const failed = failureOf(find());
    for (const ms of [10_000, 125, 10_000, 250, 10_000]) await clock.advance(ms);
    const error = await failed;
    expect([error.code, error.retryable]).toEqual(["timeout", true]);
    expect(error.message).toBe(
      "GET /stores-reader/v1/products/query-platformized received no response within 10000 ms. Try again, or increase timeoutMs.",
    );
    expect(calls).toHaveLength(3);
  });

  it("ends a write after one attempt, because it may have taken effect", async () => {
    const { client, clock, calls } = connect({ onCall: silence });
    const failed = failureOf(client.fetchWithAuth("/x", { method: "POST", body: "{}" }));
    await clock.advance(10_000);
    expect((await failed).code).toBe("timeout");
    expect(calls).toHaveLength(1);
  });

  it("works when the runtime's fetch ignores its signal", async () => {
    const { clock, options } = createScriptedPlatform();
    const client = createClient({ auth: AppStrategy(CREDENTIALS), ...options, fetch: silence, timeoutMs: 5 });
    const failed = failureOf(client.fetchWithAuth("/x"));
    for (const ms of [5, 125, 5, 250, 5]) await clock.advance(ms);
    const error = await failed;
    expect(error.code).toBe("timeout");
    expect(error.message).toMatch(/^The token request received no response within 5 ms\./);
  });

  it("leaves no timer", async () => {
    const { find, clock } = connect({ onCall: () => json(PAGE) });
    await find();
    expect(clock.waiting).toEqual([]);
  });
});

describe("aborting", () => {
  it("ends a call that waits for the token, but not the other calls", async () => {
    let respond = (_token: Response): void => {};
    const { client, tokenRequests, calls } = connect({
      onToken: () =>
        new Promise<Response>((resolve) => {
          respond = resolve;
        }),
    });
    const controller = new AbortController();
    const impatient = failureOf(client.fetchWithAuth("/a", { signal: controller.signal }));
    const patient = client.fetchWithAuth("/b");
    await expect.poll(() => tokenRequests.length).toBe(1);
    controller.abort();
    const error = await impatient;
    expect([error.code, error.message]).toEqual(["aborted", "The call was aborted by its AbortSignal."]);
    respond(issue("token-1"));
    expect((await patient).status).toBe(200);
    expect(calls.map(({ url }) => url)).toEqual(["https://platform.test/b"]);
  });

  it("ends a running call at once", async () => {
    const { client, calls } = connect({ onCall: silence });
    const controller = new AbortController();
    const failed = failureOf(client.fetchWithAuth("/x", { signal: controller.signal }));
    await expect.poll(() => calls.length).toBe(1);
    controller.abort();
    expect((await failed).code).toBe("aborted");
  });

  it("sends nothing when the signal has aborted before", async () => {
    const { find, tokenRequests } = connect();
    expect((await failureOf(find(AbortSignal.abort()))).code).toBe("aborted");
    expect(tokenRequests).toEqual([]);
  });
});

describe("invalid responses", () => {
  it("rejects a body that is not JSON", async () => {
    const { find } = connect({
      onCall: () => new Response("<html>", { headers: { "x-request-id": "req-1" } }),
    });
    const error = await failureOf(find());
    expect([error.code, error.status, error.requestId]).toEqual(["unexpected_response", 200, "req-1"]);
    expect(error.message).toBe(
      "GET /stores-reader/v1/products/query-platformized succeeded, but the response is not JSON. " +
        "Check that apiUrl is the URL of the platform.",
    );
  });

  it.each([{}, { products: 1 }, [], null, "text"])("rejects %j as a list of products", async (body) => {
    const { find } = connect({ onCall: () => json(body) });
    expect((await failureOf(find())).code).toBe("unexpected_response");
  });

  it("rejects a redirect", async () => {
    const { client, calls } = connect({
      onCall: () => new Response(null, { status: 307, headers: { location: "https://evil.test/" } }),
    });
    const error = await failureOf(client.fetchWithAuth("/x", { redirect: "follow" }));
    expect([error.code, error.status]).toEqual(["unexpected_response", 307]);
    expect(error.message).not.toContain("evil.test");
    expect(calls).toHaveLength(1);
  });
});
