import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { failureOf, printedForms } from "@latchkey/test-support/sdk/failure";
import {
  APP_SECRET,
  CREDENTIALS,
  createScriptedPlatform,
  issue,
  json,
  refusedConnection,
  type Script,
  silence,
} from "@latchkey/test-support/sdk/scripted-platform";
import { describe, expect, it } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";

function connect(onToken: NonNullable<Script["onToken"]>) {
  const platform = createScriptedPlatform({ onToken });
  const client = createClient({ auth: AppStrategy(CREDENTIALS), ...platform.options });
  return { ...platform, call: () => client.fetchWithAuth("/x") };
}

describe("a rejected token request", () => {
  it("has status, request ID and reason, and advice", async () => {
    const body = { error: "invalid_client", error_description: "The app or its secret is not known." };
    const { call, tokenRequests } = connect(() => json(body, 401, { "x-request-id": "req-1" }));
    const error = await failureOf(call());
    expect(error).toMatchObject({
      code: "token_request_failed",
      status: 401,
      requestId: "req-1",
      reason: "invalid_client",
      body,
      retryable: false,
      message:
        "The token request failed with status 401 (invalid_client: The app or its secret is not known), " +
        "request ID req-1. Check appId and appSecret, that appId is not an instanceId, and that the secret has not been deleted or expired.",
    });
    expect(tokenRequests).toHaveLength(1);
  });

  it.each([
    [
      404,
      "invalid_grant",
      "Check that the app is installed on the site, and that instanceId belongs to this app.",
    ],
    [400, "invalid_scope", "Request only scopes that the app has and that the site owner granted."],
  ])("gives advice for %i %s", async (status, reason, advice) => {
    const { call } = connect(() => json({ error: reason }, status));
    expect((await failureOf(call())).message).toBe(
      `The token request failed with status ${status} (${reason}). ${advice}`,
    );
  });

  it.each([
    [
      "400 invalid_request",
      { error: "invalid_request" },
      400,
      "Check that instanceId is the ID that the app received in the webhook AppInstalled.",
    ],
    [
      "404 without a reason",
      {},
      404,
      "Nothing is at https://platform.test/oauth2/token. Set apiUrl to the origin of the platform.",
    ],
  ])("FR-D §3: says what to check after %s", async (_name, body, status, advice) => {
    const { call } = connect(() => json(body, status));
    expect((await failureOf(call())).message).toContain(`. ${advice}`);
  });

  it("FR-D §3: says that the port speaks http, and does not try again", async () => {
    const server = createServer((_request, response) => response.end("x"));
    let connections = 0;
    server.on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const apiUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createClient({ auth: AppStrategy(CREDENTIALS), apiUrl, random: () => 0 });
    const { code, message, retryable } = await failureOf(client.fetchWithAuth("/x"));
    server.close();
    expect([code, retryable, connections]).toEqual(["network", false, 1]);
    expect(message).toContain("The port speaks http, not https. Check the protocol and the port of apiUrl.");
  });

  it("shows no secret, even when the server repeats the whole request", async () => {
    const { call } = connect((request) =>
      json(
        {
          error: "invalid_request",
          error_description: request.body,
          echo: [request.body, { [APP_SECRET]: 1 }],
        },
        400,
        {
          "x-request-id": APP_SECRET,
        },
      ),
    );
    const error = await failureOf(call());
    expect(error.code).toBe("token_request_failed");
    expect(printedForms(error)).not.toContain(APP_SECRET);
  });

  it("is tried three times when the server is overloaded or broken", async () => {
    const { call, clock, tokenRequests } = connect(() => json({ error: "temporarily_unavailable" }, 503));
    const failed = failureOf(call());
    await clock.advance(125);
    await clock.advance(250);
    expect(await failed).toMatchObject({
      code: "token_request_failed",
      status: 503,
      reason: "temporarily_unavailable",
      retryable: true,
    });
    expect(tokenRequests).toHaveLength(3);
  });

  it("succeeds when a retry succeeds", async () => {
    const { call, clock, tokenRequests } = connect((_request, count) =>
      count === 1 ? json({}, 429, { "retry-after": "1" }) : issue("token"),
    );
    const answered = call();
    await clock.advance(1_125);
    expect((await answered).status).toBe(200);
    expect(tokenRequests).toHaveLength(2);
  });
});

describe("a token request without a valid response", () => {
  it("without a server is a network error with its cause", async () => {
    const { call, clock } = connect(refusedConnection);
    const failed = failureOf(call());
    await clock.advance(125);
    await clock.advance(250);
    const error = await failed;
    expect(error).toMatchObject({
      code: "network",
      cause: { message: "fetch failed", cause: { code: "ECONNREFUSED" } },
    });
    expect(error.message).toMatch(/^The token request failed, because the request could not be sent/);
  });

  it("without a response is a timeout", async () => {
    const { call, clock } = connect(silence);
    const failed = failureOf(call());
    for (const ms of [10_000, 125, 10_000, 250, 10_000]) await clock.advance(ms);
    expect((await failed).code).toBe("timeout");
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect with %i", async (status) => {
    const { call, tokenRequests } = connect(
      () => new Response(null, { status, headers: { location: "https://evil.test/" } }),
    );
    const error = await failureOf(call());
    expect([error.code, error.status]).toEqual(["unexpected_response", status]);
    expect(error.message).toMatch(/^The token request returned a redirect/);
    expect(tokenRequests).toHaveLength(1);
  });

  it.each([
    ["a page", "<html>secret-token</html>"],
    ["no token", '{"token_type":"Bearer"}'],
    ["an empty token", '{"access_token":""}'],
    ["a token that is a number", '{"access_token":7}'],
    ["a token that would break the header", '{"access_token":"a\\r\\nx-evil: secret-token"}'],
    ["a token with a space", '{"access_token":"a secret-token"}'],
    ["a token of another type", '{"access_token":"secret-token","token_type":"mac"}'],
    ["a list", '["secret-token"]'],
    ["null", "null"],
  ])("with %s is rejected, and its content is not shown", async (_what, text) => {
    const { call } = connect(() => new Response(text, { headers: { "x-request-id": "req-1" } }));
    const error = await failureOf(call());
    expect([error.code, error.status, error.requestId]).toEqual(["unexpected_response", 200, "req-1"]);
    expect(error.message).toBe(
      "The token request returned status 200 without a bearer token. " +
        "Check that apiUrl is the URL of the platform, and that no proxy changes the response.",
    );
    expect(printedForms(error)).not.toContain("secret-token");
  });

  it("without expires_in has a lifetime of five minutes", async () => {
    const { call, clock, tokenRequests } = connect((_request, count) =>
      json({ access_token: `token-${count}` }),
    );
    await call();
    await clock.advance(239_999);
    await call();
    expect(tokenRequests).toHaveLength(1);
    await clock.advance(60_001);
    await call();
    expect(tokenRequests).toHaveLength(2);
  });

  it("starts the lifetime of the token when it is sent", async () => {
    const { call, clock, tokenRequests } = connect((_request, count) =>
      count === 1
        ? new Promise((resolve) => clock.after(9_000, () => resolve(issue("token-1", 600))))
        : issue("token-2"),
    );
    const first = call();
    await clock.advance(9_000);
    await first;
    await clock.advance(600_000 - 9_000);
    await call();
    expect(tokenRequests).toHaveLength(2);
  });
});
