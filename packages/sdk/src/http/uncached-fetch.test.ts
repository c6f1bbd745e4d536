import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { failureOf } from "@latchkey/test-support/sdk/failure";
import {
  CREDENTIALS,
  createScriptedPlatform,
  json,
  refusedConnection,
  type Script,
} from "@latchkey/test-support/sdk/scripted-platform";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllGlobals());

/** Creates a client with newly loaded modules, as in a new process. */
async function connect(script: Script = {}, wrap = (fetch: typeof globalThis.fetch) => fetch) {
  const { AppStrategy, createClient } = await import("../index.ts");
  const platform = createScriptedPlatform(script);
  const fetch = wrap(platform.options.fetch ?? globalThis.fetch);
  return {
    ...platform,
    client: createClient({ auth: AppStrategy(CREDENTIALS), ...platform.options, fetch }),
  };
}

const refusesCache = (init: object = {}): void => {
  if ("cache" in init) {
    throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.");
  }
};

describe("a runtime that throws on the option, as Workers with an old compatibility date do,", () => {
  let probes = 0;
  beforeEach(() => {
    probes = 0;
    vi.stubGlobal(
      "Request",
      class extends Request {
        constructor(input: string, init?: RequestInit) {
          probes += 1;
          refusesCache(init);
          super(input, init);
        }
      },
    );
  });
  const workers = (fetch: typeof globalThis.fetch): typeof globalThis.fetch => {
    return async (input, init) => {
      refusesCache(init);
      return fetch(input, init);
    };
  };

  test("FR-E1: gets every request without it; one check finds out, without a request", async () => {
    const { calls, client, tokenRequests } = await connect({}, workers);
    for (const path of ["/one", "/two"]) {
      expect((await client.fetchWithAuth(path, { cache: "no-store" })).status).toBe(200);
    }
    expect([tokenRequests.length, calls.length, probes]).toEqual([1, 2, 1]);
  });

  test("FR-E1: gets a POST once, also when the network fails", async () => {
    const { calls, client } = await connect({ onCall: refusedConnection }, workers);
    const error = await failureOf(client.fetchWithAuth("/one", { method: "POST", body: "{}" }));
    expect([error.code, calls.length]).toEqual(["network", 1]);
  });
});

test("FR-E1: a network error does not count as a runtime that throws on the option", async () => {
  const caches: unknown[] = [];
  const message = "The 'cache' field on 'RequestInitializerDict' is not implemented.";
  const { calls, client } = await connect(
    { onCall: (_request, count) => (count === 1 ? Promise.reject(new Error(message)) : json({})) },
    (fetch) => (input, init) => {
      caches.push(init?.cache);
      return fetch(input, init);
    },
  );
  const post = () => client.fetchWithAuth("/one", { method: "POST", body: "{}" });
  const error = await failureOf(post());
  expect([error.code, calls.length]).toEqual(["network", 1]);
  expect((await post()).status).toBe(200);
  expect(caches).toEqual(["no-store", "no-store", "no-store"]);
});

test("FR-E1: an error that a framework throws to render a page later reaches the framework", async () => {
  const bailout = Object.assign(new Error("Dynamic server usage: no-store fetch"), {
    digest: "DYNAMIC_SERVER_USAGE",
  });
  const { calls, client, tokenRequests } = await connect({ onToken: () => Promise.reject(bailout) });
  await expect(client.fetchWithAuth("/one")).rejects.toBe(bailout);
  expect([tokenRequests.length, calls.length]).toEqual([1, 0]);
});

test("FR-E1: one file of the SDK sends requests", () => {
  const folder = join(import.meta.dirname, "..");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !/^(?:testing|redirect)\b/.test(path),
  );
  const mentions = files.flatMap((path) =>
    readFileSync(join(folder, path), "utf8")
      .split("\n")
      .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
      .filter((line) => /(?<!typeof )\bglobalThis\s*\.\s*fetch\b|\bfetch\s*\(/.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(mentions.sort()).toEqual([
    // The handler of the app.
    "app/receive.ts: async fetch(request) {",
    "app/receive.ts: fetch(request: Request): Promise<Response>;",
    // Replaces the global `fetch` while a third-party function reads it.
    "essentials/wix-context.ts: globalThis.fetch = (input, init) => {",
    "essentials/wix-context.ts: globalThis.fetch = fetch;",
    'http/attempt.ts: const response = await network.fetch(url, { ...init, headers, signal, redirect: "manual" });',
    "http/uncached-fetch.ts: return (input, init) => (fetch ?? globalThis.fetch)(input, withoutCache(init));",
    // The handler of the app.
    "webhooks/node-handler.ts: return await fetch(new Request(urlOf(incoming), init));",
  ]);
});
