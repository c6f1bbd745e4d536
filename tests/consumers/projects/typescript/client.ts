import { AppStrategy, createApp, createClient, LatchkeyError } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import { fromEnvironment, httpClient } from "@latchkey/sdk/essentials";
import { createResourceServer } from "@latchkey/sdk/resource-server";
import { products } from "@latchkey/sdk/stores";

const { APP_ID = "", APP_SECRET = "", INSTANCE_ID = "" } = process.env;
export const auth = AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID });
export const client = createClient({ auth, modules: { products } });
export const find = async (): Promise<string[]> =>
  (await client.products.queryProducts().find()).items.map(({ name }) => name);
export const isRefused = (error: unknown): boolean => LatchkeyError.is(error, "network");
export const all = [createApp, fromEnvironment, httpClient, createResourceServer, shippingRates];
