import { type App, createApp } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { type Instances, openInstances } from "./instances.ts";

/** An app that knows where it is installed, because the platform tells it. */
export interface Receiver {
  readonly app: App;
  readonly instances: Pick<Instances, "list">;
  /** Names of the products that were made since it runs, as it read them itself. */
  readonly newProducts: readonly string[];
}

/** The variables of `.latchkey/demo.env`, and INSTANCES_FILE, the app's database. Default: in memory. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Makes the app with its handlers; without APP_PUBLIC_KEY it fetches its key from the platform. */
export function createReceiver(env: Environment): Receiver {
  const { APP_ID = "", APP_PUBLIC_KEY: publicKey, APP_SECRET, LATCHKEY_URL: apiUrl } = env;
  const instances = openInstances(env.INSTANCES_FILE ?? ":memory:");
  const newProducts: string[] = [];
  const app = createApp({ apiUrl, appId: APP_ID, appSecret: APP_SECRET, publicKey });

  // A test of a webhook has no sequence, and is about nothing that happened.
  app.webhooks.on("AppInstalled", ({ instanceId, sequence }) => {
    if (sequence !== undefined) instances.store({ instanceId, sequence, installed: true });
  });
  app.webhooks.on("AppRemoved", ({ instanceId, sequence }) => {
    if (sequence !== undefined) instances.store({ instanceId, sequence, installed: false });
  });
  app.webhooks.on(products.onProductCreated, async ({ data, metadata }) => {
    // The event says what happened; the API says how things are now.
    const { product } = await app.instance(metadata.instanceId).products.getProduct(data.productId);
    newProducts.push(product.name);
  });
  return { app, instances, newProducts };
}
