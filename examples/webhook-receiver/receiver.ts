import { type App, createApp } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { type InstanceStore, openInstanceStore } from "./instances.ts";

/** An app that tracks its instances. */
export interface Receiver {
  readonly app: App;
  readonly instances: Pick<InstanceStore, "list">;
  /** The names of the products that were created since the start. */
  readonly newProducts: readonly string[];
}

/** The variables of `.latchkey/demo.env`, and INSTANCES_FILE, the database file of the app. Default: in memory. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Creates the app and its handlers. Without APP_PUBLIC_KEY, it fetches its key from the platform. */
export function createReceiver(env: Environment): Receiver {
  const { APP_ID = "", APP_PUBLIC_KEY: publicKey, APP_SECRET, LATCHKEY_URL: apiUrl } = env;
  const instances = openInstanceStore(env.INSTANCES_FILE ?? ":memory:");
  const newProducts: string[] = [];
  const app = createApp({ apiUrl, appId: APP_ID, appSecret: APP_SECRET, publicKey });

  // A test webhook has no sequence and is not stored.
  app.webhooks.on("AppInstalled", ({ instanceId, sequence }) => {
    if (sequence !== undefined) instances.store({ instanceId, sequence, installed: true });
  });
  app.webhooks.on("AppRemoved", ({ instanceId, sequence }) => {
    if (sequence !== undefined) instances.store({ instanceId, sequence, installed: false });
  });
  app.webhooks.on(products.onProductCreated, async ({ data, metadata }) => {
    // The event names the product; the API returns its current state.
    const { product } = await app.instance(metadata.instanceId).products.getProduct(data.productId);
    newProducts.push(product.name);
  });
  return { app, instances, newProducts };
}
