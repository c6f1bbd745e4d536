import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  API_URL,
  APP_SECRET,
  CREDENTIALS,
  createScriptedPlatform,
  issue,
  json,
  type ScriptedPlatform,
} from "@latchkey/test-support/sdk/scripted-platform";
import { START } from "@latchkey/test-support/sdk/test-clock";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AppStrategy } from "../app-strategy.ts";
import { createClient } from "../create-client.ts";
import type { TokenCache } from "./shared-token-cache.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

function createStore(): TokenCache & { entries: Map<string, string>; lives: number[] } {
  const entries = new Map<string, string>();
  const lives: number[] = [];
  return {
    entries,
    lives,
    get: async (key) => entries.get(key),
    set: async (key, value, ttlMs) => {
      lives.push(ttlMs);
      entries.set(key, value);
    },
    delete: async (key) => entries.delete(key),
  };
}

function clientOf(platform: ScriptedPlatform, tokenCache: TokenCache, change: object = {}) {
  const { apiUrl = API_URL, ...credentials } = { ...CREDENTIALS, ...change } as typeof CREDENTIALS & {
    apiUrl?: string;
  };
  return createClient({ auth: AppStrategy(credentials), ...platform.options, tokenCache, apiUrl });
}

afterEach(() => vi.restoreAllMocks());

describe("a shared token cache", () => {
  it("shares a token with another process until it expires", async () => {
    const platform = createScriptedPlatform();
    const store = createStore();
    await clientOf(platform, store).fetchWithAuth("/x");
    await platform.clock.advance(HOUR);
    await clientOf(platform, store).fetchWithAuth("/x");
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1", "token-1"]);
    expect(platform.tokenRequests).toHaveLength(1);
    expect(store.lives).toEqual([4 * HOUR]);
  });

  it("uses keys that reveal neither secret nor IDs", async () => {
    const store = createStore();
    await clientOf(createScriptedPlatform(), store).fetchWithAuth("/x");
    expect([...store.entries]).toEqual([
      [
        expect.stringMatching(/^latchkey:token:[\w-]{43}$/),
        JSON.stringify({ token: "token-1", lifetimeMs: 4 * HOUR, expiresAt: START + 4 * HOUR }),
      ],
    ]);
    expect(JSON.stringify([...store.entries])).not.toContain(APP_SECRET);
  });

  it.each([
    ["app", { appId: "b2f00000-0000-4000-8000-000000000002" }],
    ["secret", { appSecret: "lks_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf14lw8b" }],
    ["instance", { instanceId: "5a1c0000-0000-4000-8000-000000000002" }],
    ["scope set", { scopes: ["x"] }],
    ["page", { instanceId: undefined, accessToken: "token-of-a-page" }],
    ["platform", { apiUrl: "https://other.test" }],
  ])("never gives the token of one %s to another", async (_what, change) => {
    const platform = createScriptedPlatform();
    const store = createStore();
    await clientOf(platform, store).fetchWithAuth("/x");
    await clientOf(platform, store, change).fetchWithAuth("/x");
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
    expect(store.entries.size).toBe(2);
  });

  it("lets one process renew a token for all", async () => {
    const platform = createScriptedPlatform();
    const store = createStore();
    const [one, other] = [clientOf(platform, store), clientOf(platform, store)];
    await one.fetchWithAuth("/x");
    await other.fetchWithAuth("/x");
    await platform.clock.advance(4 * HOUR - 24 * MINUTE);
    await one.fetchWithAuth("/x");
    await expect.poll(() => store.lives.length).toBe(2);
    await other.fetchWithAuth("/x");
    await expect
      .poll(async () => {
        await other.fetchWithAuth("/x");
        return platform.calls.at(-1)?.token;
      })
      .toBe("token-2");
    expect(platform.tokenRequests).toHaveLength(2);
  });

  it("removes a rejected token, and uses the newer one of another process", async () => {
    const platform = createScriptedPlatform({
      onCall: ({ token }) => (token === "token-1" ? json({}, 401) : json({})),
    });
    const store = createStore();
    const [one, other] = [clientOf(platform, store), clientOf(platform, store)];
    await one.fetchWithAuth("/x");
    await other.fetchWithAuth("/x");
    await other.fetchWithAuth("/x");
    expect(platform.tokenRequests).toHaveLength(2);
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1", "token-2", "token-2", "token-2"]);
  });

  it("deletes a rejected token even when no new one can be requested", async () => {
    const platform = createScriptedPlatform({
      onToken: (_request, count) => (count === 1 ? issue("token-1") : json({ error: "invalid_grant" }, 404)),
      onCall: () => json({}, 401),
    });
    const store = createStore();
    const error = await failureOf(clientOf(platform, store).fetchWithAuth("/x"));
    expect([error.code, error.status, error.reason]).toEqual(["token_request_failed", 404, "invalid_grant"]);
    expect(store.entries.size).toBe(0);
  });

  it.each([
    ["garbage", "garbage"],
    ["an object without a token", "{}"],
    ["null", "null"],
    [
      "a token with a line break",
      JSON.stringify({ token: "a\r\nb", lifetimeMs: HOUR, expiresAt: START + HOUR }),
    ],
    ["a token that has expired", JSON.stringify({ token: "old", lifetimeMs: HOUR, expiresAt: START })],
    ["invalid times", JSON.stringify({ token: "old", lifetimeMs: HOUR, expiresAt: "later" })],
  ])("requests a token when the store holds %s", async (_what, value) => {
    const platform = createScriptedPlatform();
    const store = { ...createStore(), get: async () => value };
    await clientOf(platform, store).fetchWithAuth("/x");
    expect(platform.calls.map(({ token }) => token)).toEqual(["token-1"]);
  });

  it.each([
    ["throws", () => Promise.reject(new Error("store is down"))],
    [
      "throws synchronously",
      () => {
        throw new Error("store is down");
      },
    ],
  ])("reports a store that %s once a minute, and works without it", async (_how, broken) => {
    const written = vi.spyOn(console, "warn").mockImplementation(() => {});
    const platform = createScriptedPlatform();
    const store = { get: broken, set: broken, delete: broken };
    const response = await clientOf(platform, store).fetchWithAuth("/x");
    expect(response.status).toBe(200);
    expect(written.mock.calls).toEqual([
      ["latchkey: tokenCache failed (Error: store is down). Tokens are requested without it."],
    ]);
  });

  it("waits at most one second for the store", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const platform = createScriptedPlatform();
    const hang = (): Promise<never> => new Promise(() => undefined);
    const call = clientOf(platform, { get: hang, set: hang, delete: hang }).fetchWithAuth("/x");
    await expect.poll(() => platform.clock.waiting).toContain(1_000);
    await platform.clock.advance(1_000);
    await expect.poll(() => platform.clock.waiting).toContain(1_000);
    await platform.clock.advance(1_000);
    expect((await call).status).toBe(200);
  });
});
