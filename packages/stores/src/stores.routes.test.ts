import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stores } from "./stores.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
});
afterAll(() => platform.close());

test.each(["/stores/v1/nothing", "/stores", "/stores-reader/v1", "/v2/collections", "/v2/collections/a/b"])(
  "FR-F13: %s responds with the code of an unknown path",
  async (path) => {
    const response = await fetch(platform.url + path);
    const { details, message } = (await response.json()) as {
      details: { applicationError: { code: string } };
      message: string;
    };
    expect([response.status, details.applicationError.code, message]).toEqual([
      404,
      "ENDPOINT_NOT_SERVED",
      expect.stringMatching(/^This path is not served here with this method\. /),
    ]);
  },
);

test("HEAD works wherever GET works, without a body", async () => {
  const response = await fetch(`${platform.url}/v2/collections/query`, { method: "HEAD" });
  expect([response.status, await response.text()]).toEqual([401, ""]);
});
