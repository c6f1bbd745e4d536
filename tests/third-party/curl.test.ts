import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";

// The two requests in the platform's documentation, with curl, on the demo's store. Two of its 24 products are
// hidden.
let platform: TestPlatform;
let credentials: Record<string, unknown>;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  const { body } = await managementCaller(platform)("POST /dev/demo");
  credentials = {
    grant_type: "client_credentials",
    client_id: body.appId,
    client_secret: body.secret,
    instance_id: body.instanceId,
  };
});
afterAll(() => platform.close());

test("curl gets a token and the first page of products", async () => {
  const token = await curl(
    ...["-X", "POST", `${platform.url}/oauth2/token`],
    ...["-H", "Content-Type: application/json", "-d", JSON.stringify(credentials, null, 2)],
  );
  expect(token).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    token_type: "Bearer",
    expires_in: 14_400,
  });

  const products = await curl(
    ...["-X", "POST", `${platform.url}/stores/v1/products/query`, "--data-binary", "{}"],
    ...["-H", "Content-Type: application/json", "-H", `Authorization: ${token.access_token}`],
  );
  expect(products).toMatchObject({ metadata: { items: 100, offset: 0 }, totalResults: 22 });
  expect(products.products).toHaveLength(22);
  expect(products.products).toContainEqual(expect.objectContaining({ name: "House Blend", visible: true }));
});

test("curl gets an error, with an exit code", async () => {
  const wrong = JSON.stringify({ ...credentials, client_secret: "wrong" });
  const asked = curl(
    "-X",
    "POST",
    `${platform.url}/oauth2/token`,
    "-H",
    "Content-Type: application/json",
    "-d",
    wrong,
  );
  await expect(asked).rejects.toMatchObject({
    code: 22,
    stdout: '{"error":"invalid_client","error_description":"The client is unknown or its secret is wrong."}',
  });
});

async function curl(...args: readonly string[]): Promise<Record<string, unknown>> {
  // Ignores settings and proxies of the machine, and returns an exit code for each error response.
  const { stdout } = await promisify(execFile)("curl", [
    "-q",
    "--noproxy",
    "*",
    "-sS",
    "--fail-with-body",
    ...args,
  ]);
  return JSON.parse(stdout);
}
