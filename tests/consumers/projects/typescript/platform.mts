import { defineResource, loadResources, readConfig } from "@latchkey/server";
import { startDevServer } from "@latchkey/server/dev";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { createProduct } from "@latchkey/stores/testing";

export const platform: TestPlatform = await createTestPlatform({ resources: [stores] });
export const { siteId } = await platform.createSite();
export const product = await createProduct(platform, siteId, { name: "Mug" });
export const all = [defineResource, loadResources, readConfig, startDevServer];
