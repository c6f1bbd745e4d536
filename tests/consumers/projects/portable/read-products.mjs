import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";

export async function readProducts({ APP_ID, APP_SECRET, INSTANCE_ID, LATCHKEY_URL }) {
  const client = createClient({
    apiUrl: LATCHKEY_URL,
    auth: AppStrategy({ appId: APP_ID, appSecret: APP_SECRET, instanceId: INSTANCE_ID }),
    modules: { products },
  });
  const { items } = await client.products.queryProducts().find();
  return items.map(({ name }) => name).join();
}
