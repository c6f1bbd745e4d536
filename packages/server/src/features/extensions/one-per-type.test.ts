import { errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { expect, test } from "vitest";
import { createTestPlatform } from "../../testing/index.ts";
import { engines } from "../../testing/test-database.ts";

test.each(engines)("an app implements a service plugin type once, on %s", async (database) => {
  const platform = await createTestPlatform({ database });
  const call = managementCaller(platform);
  const methods = [{ name: "call", path: "/v1/call", timeoutMs: 1_000 }];
  const types = ["ECOM_DISCOUNTS_TRIGGER", "GIFT_CARDS_PROVIDER"];
  for (const type of types) await call(`PUT /service-plugin-types/${type}`, { body: { methods } });
  const { appId } = await platform.createApp();
  for (const componentType of ["ECOM_SHIPPING_RATES", ...types]) {
    const create = (port: number) =>
      call(`POST /apps/${appId}/extensions`, {
        body: { kind: "SERVICE_PLUGIN", componentType, baseUri: `http://127.0.0.1:${port}` },
      });
    const responses = await Promise.all(Array.from({ length: 10 }, (_, index) => create(3_000 + index)));
    const refused = responses.filter(({ status }) => status !== 200);
    expect([componentType, refused.length]).toEqual([componentType, 9]);
    for (const { body, status } of refused) {
      expect([status, body]).toEqual([
        409,
        errorBody("EXTENSION_EXISTS", "The app implements this service plugin type already."),
      ]);
    }
  }
  await platform.close();
});
