import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { tokenWith } from "@latchkey/test-support/token-with";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stores } from "./stores.ts";
import { storesOf } from "./test-support/stores-of.ts";

/** Maximum number of waiting queries of an app. */
const mayWait = 256;
const readQuickly = async () => {};

describe.each(["sqlite", "postgres"] as const)(
  "a client that disconnects while its query waits, on %s",
  (database) => {
    let platform: TestPlatform;
    let token: string;
    let appId: string;
    beforeAll(async () => {
      platform = await createTestPlatform({ resources: [stores], database });
      const { siteId } = await platform.createSite();
      token = await tokenWith(platform, "SCOPE.DC-STORES.READ-PRODUCTS", siteId);
      appId = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).client_id;
    });
    afterAll(() => platform.close());

    /** Whether the app has the maximum number of waiting queries. */
    async function isFull(): Promise<boolean> {
      const client = new AbortController();
      const outcome = storesOf(platform)
        .database.search(appId, readQuickly, client.signal)
        .catch(({ code }) => code);
      client.abort();
      return (await outcome) === "RESOURCE_EXHAUSTED";
    }

    test.each([
      "/stores/v1/products/query",
      "/stores-reader/v1/products/query-platformized",
      "/stores-reader/v1/variants/query",
      "/stores-reader/v1/collections/query",
      "/v2/collections/query",
    ])("FR-A3: frees its place in the queue of %s", async (path) => {
      const { promise: held, resolve: release } = Promise.withResolvers<void>();
      const others = Array.from({ length: 2 + mayWait - 1 }, () =>
        storesOf(platform).database.search(appId, () => held),
      );
      const client = new AbortController();
      const response = fetch(`${platform.url}${path}`, {
        method: "POST",
        headers: { authorization: token, "content-type": "application/json" },
        body: "{}",
        signal: client.signal,
      });
      await expect.poll(isFull, { timeout: 60_000 }).toBe(true);
      client.abort();
      await expect(response).rejects.toMatchObject({ name: "AbortError" });
      await expect.poll(isFull, { timeout: 60_000 }).toBe(false);
      release();
      await Promise.all(others);
    });
  },
);
