import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTestPlatform, type TestPlatform } from "./index.ts";

let platform: TestPlatform;

beforeAll(async () => {
  platform = await createTestPlatform();
});
afterAll(() => platform.close());

const refused = (message: string) => ({ name: "TestKitError", code: "invalid_option", message });

test("FR-D4: createApp rejects a misspelled option, and names it", async () => {
  await expect(
    platform.createApp({ scope: ["SCOPE.DC-STORES.READ-PRODUCTS"] } as object),
  ).rejects.toMatchObject(
    refused(
      'createApp has no option "scope". It takes name, scopes, legacy, postInstallationUrls, tokenFormat, tokenLifetime, appId, secret.',
    ),
  );
  await expect(platform.createApp({ tokenFormat: "jws" } as object)).rejects.toMatchObject(
    refused("tokenFormat of createApp must be jwt or wix."),
  );
});

test("FR-D4: createSite, install and createTestPlatform reject unknown options", async () => {
  await expect(platform.createSite({ title: "Shop" } as object)).rejects.toMatchObject(
    refused('createSite has no option "title". It takes name, externalId, locale, currency, url, siteId.'),
  );
  const ids = { appId: "", siteId: "" };
  await expect(platform.install({ ...ids, scopes: [] } as typeof ids)).rejects.toMatchObject(
    refused('install has no option "scopes". It takes appId, siteId, grant, instanceId.'),
  );
  await expect(createTestPlatform({ constructor: 1 } as object)).rejects.toMatchObject(
    refused(
      'createTestPlatform has no option "constructor". It takes seed, now, confirmWebhooks, deliveryTimeoutMs, apiRateLimit, resources, stubs, state, encryptionKey, database, deliveryPolicy, refusedDeliveries, logLevel.',
    ),
  );
  await expect(createTestPlatform({ database: "postgress" } as object)).rejects.toMatchObject(
    refused("database of createTestPlatform must be sqlite or postgres."),
  );
});

test.each([
  ["encryptionKey", 5, "string"],
  ["seed", 7, "string"],
  ["apiRateLimit", Number.NaN, "number"],
  ["confirmWebhooks", "yes", "boolean"],
  ["resources", {}, "array"],
])("createTestPlatform rejects %s: %s", async (name, value, type) => {
  await expect(createTestPlatform({ [name]: value } as object)).rejects.toMatchObject(
    refused(`${name} of createTestPlatform must be of type ${type}.`),
  );
});

test("an undefined option counts as absent", async () => {
  const app = await platform.createApp({ scopes: undefined, tokenFormat: undefined });
  expect(app).toMatchObject({ scopes: [], tokenFormat: "jwt" });
});

test("the test kit does not start in production", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const started = createTestPlatform();
  vi.unstubAllEnvs();
  await expect(started).rejects.toMatchObject({
    name: "TestKitError",
    code: "test_kit_unavailable",
    message:
      "createTestPlatform of @latchkey/server/testing does not run with NODE_ENV=production. Remove it from code that runs in production; in tests, set NODE_ENV to test.",
  });
});
