import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeHandler } from "@latchkey/sdk";
import { connect, management } from "./connect.ts";
import { createHelloApp, handleRequest, type Log } from "./hello-app.ts";

// npm run hello-app: starts the app beside the platform of `npm start`, uses each of the four ways once, and keeps
// running.

async function main(): Promise<void> {
  const { APP_ID, INSTANCE_ID, LATCHKEY_ADMIN_KEY, LATCHKEY_URL, PORT = "4500", SITE_ID } = process.env;
  if (!(APP_ID && INSTANCE_ID && LATCHKEY_ADMIN_KEY && LATCHKEY_URL && SITE_ID)) {
    throw new Error("No platform is running. Start one in another terminal, in this directory: npm start");
  }
  const log: Log = (what, instanceId) => console.log(`Hello App ${what}   (instanceId ${instanceId})`);
  const app = createHelloApp(log);
  const server = createServer(nodeHandler(handleRequest(app, log)));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(PORT), "127.0.0.1", resolve);
  });
  const appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const demoApp = { platformUrl: LATCHKEY_URL, adminKey: LATCHKEY_ADMIN_KEY, appId: APP_ID, appUrl };
  const { pageId } = await connect(demoApp);
  const call = management(demoApp);

  await call("POST", `/apps/${APP_ID}/backfill`, {});
  const { results } = await call("POST", "/service-plugins/call", {
    siteId: SITE_ID,
    componentType: "ECOM_SHIPPING_RATES",
    method: "getShippingRates",
    request: { lineItems: [{ name: "Mug", quantity: 2, price: "14.00" }] },
  });
  console.log(`The platform received   ${JSON.stringify(results)}`);
  await call("PUT", `/sites/${SITE_ID}/members/demo-owner`, { role: "OWNER" });
  const { url } = await call("POST", `/instances/${INSTANCE_ID}/page-url`, {
    extensionId: pageId,
    accountId: "demo-owner",
  });
  console.log(`Its page, for four hours   ${url}`);
  console.log("It keeps running and receives webhooks: create a product to see one. Stop it with Ctrl-C.");
}

try {
  await main();
} catch (error) {
  console.error(`hello-app: ${(error as Error).message}`);
  process.exit(1);
}
