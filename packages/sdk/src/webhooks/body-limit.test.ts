import { failureOf } from "@latchkey/test-support/sdk/failure";
import { APP_ID, APP_SECRET, createScriptedPlatform } from "@latchkey/test-support/sdk/scripted-platform";
import { claimsOf, makeKeys } from "@latchkey/test-support/sdk/signed-webhook";
import { describe, expect, test } from "vitest";
import { createApp } from "../app/create-app.ts";

const own = makeKeys("own");
const { appOptions } = createScriptedPlatform();
const app = createApp({ appId: APP_ID, appSecret: APP_SECRET, publicKey: own.publicKey, ...appOptions });
const tooLarge =
  "The body of the request has more than 1 MiB. The platform sends less: check what calls this address.";
const chunk = new TextEncoder().encode("x".repeat(65_536));

/** Creates a request with an endless body, which counts the chunks that were read. */
function endless(headers: Record<string, string> = {}) {
  const counts = { chunks: 0, cancelled: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      counts.chunks += 1;
      controller.enqueue(chunk);
    },
    cancel() {
      counts.cancelled += 1;
    },
  });
  const request = new Request("https://app.test/", {
    method: "POST",
    body,
    headers,
    duplex: "half",
  } as RequestInit);
  return { counts, request };
}

describe("FR-A6: a body above 1 MiB", () => {
  test.each<[string, (request: Request) => Promise<unknown>]>([
    ["webhooks.processRequest", (request) => app.webhooks.processRequest(request)],
    ["webhooks.parseRequest", (request) => app.webhooks.parseRequest(request)],
    ["servicePlugins.processRequest", (request) => app.servicePlugins.processRequest(request)],
    ["servicePlugins.parseRequest", (request) => app.servicePlugins.parseRequest(request)],
    ["authenticate.webhook", (request) => app.authenticate.webhook(request)],
    ["authenticate.servicePlugin", (request) => app.authenticate.servicePlugin(request)],
  ])("is read up to the limit by %s", async (_, receive) => {
    const { counts, request } = endless();
    const error = await failureOf(receive(request));
    expect([error.code, error.message]).toEqual(["body_too_large", tooLarge]);
    expect(counts.chunks).toBeLessThanOrEqual(18);
    expect(counts.cancelled).toBe(1);
  });

  test("gets 413 from app.fetch", async () => {
    const { counts, request } = endless();
    const response = await app.fetch(request);
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: "body_too_large", error_description: tooLarge },
    ]);
    expect(counts.chunks).toBeLessThanOrEqual(18);
  });

  test("is not read when its Content-Length is above the limit", async () => {
    const { counts, request } = endless({ "content-length": "1048577" });
    expect((await app.fetch(request)).status).toBe(413);
    expect(counts.chunks).toBeLessThanOrEqual(1);
  });
});

describe("a body of 1 MiB", () => {
  test("is read in chunks of any size", async () => {
    const jwt = new TextEncoder().encode(own.sign(claimsOf()));
    const parts = [jwt.subarray(0, 7), jwt.subarray(7), new Uint8Array(1_048_576 - jwt.length).fill(32)];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    });
    const request = new Request("https://app.test/", { method: "POST", body, duplex: "half" } as RequestInit);
    // The JWT itself may have 1,000,000 characters.
    expect((await failureOf(app.webhooks.parseRequest(request))).code).toBe("invalid_delivery");
  });

  test("with a shorter JWT is accepted", async () => {
    const jwt = `${own.sign(claimsOf())}${" ".repeat(900_000)}`;
    const request = new Request("https://app.test/", { method: "POST", body: jwt });
    expect((await app.webhooks.parseRequest(request)).eventId).toBe("event-1");
  });
});
