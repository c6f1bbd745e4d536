import { createApp } from "@latchkey/sdk";

/** Reads the products of the site. The name of the runtime is in the response. */
export async function readProducts(runtime) {
  const { APP_ID, APP_SECRET, INSTANCE_ID, LATCHKEY_URL } = process.env;
  const app = createApp({ apiUrl: LATCHKEY_URL, appId: APP_ID, appSecret: APP_SECRET });
  const { items } = await app.instance(INSTANCE_ID).products.queryProducts().find();
  return new Response(`${runtime}: ${items.map(({ name }) => name).join()}`);
}
