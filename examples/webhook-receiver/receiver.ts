import { type App, createApp } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";

/** An app that knows where it is installed, because the platform tells it. */
export interface Receiver {
  readonly app: App;
  /** The installations it knows of. */
  readonly installations: ReadonlySet<string>;
  /** Names of the products that were made since it runs, as it read them itself. */
  readonly newProducts: readonly string[];
}

/** What it needs of the environment: `.latchkey/demo.env` has it. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Makes the app with its handlers; without APP_PUBLIC_KEY it fetches its key from the platform. */
export function createReceiver(env: Environment): Receiver {
  const { APP_ID = "", APP_PUBLIC_KEY: publicKey, APP_SECRET, LATCHKEY_URL: apiUrl } = env;
  const installations = new Set<string>();
  const newProducts: string[] = [];
  const app = createApp({ apiUrl, appId: APP_ID, appSecret: APP_SECRET, publicKey });

  app.webhooks.on("AppInstalled", ({ instanceId }) => void installations.add(instanceId));
  app.webhooks.on("AppRemoved", ({ instanceId }) => void installations.delete(instanceId));
  app.webhooks.on(products.onProductCreated, async ({ data, metadata }) => {
    // The event says what happened; the API says how things are now.
    const { product } = await app.instance(metadata.instanceId).products.getProduct(data.productId);
    newProducts.push(product.name);
  });
  return { app, installations, newProducts };
}
