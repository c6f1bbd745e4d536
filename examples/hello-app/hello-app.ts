import { type App, createApp } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import { fromEnvironment, httpClient } from "@latchkey/sdk/essentials";
import { products } from "@latchkey/sdk/stores";
import { showPage } from "./page.ts";

/** Logs an action of the app and its instance. */
export type Log = (what: string, instanceId: string) => void;

/** Creates an app that receives its instance ID in four ways, and has no credentials in its code. */
export function createHelloApp(log: Log): App {
  const app = createApp(fromEnvironment());

  // 1. The webhook AppInstalled.
  app.webhooks.on("AppInstalled", async ({ instanceId }) => {
    log(`was installed on ${await siteName()}`, instanceId);
  });

  // 2. Any other webhook.
  app.webhooks.on(products.onProductCreated, ({ data, metadata }) => {
    log(`received the new product ${data.name}`, metadata.instanceId);
  });

  // 3. The metadata of a service plugin call.
  app.servicePlugins.implement(shippingRates, {
    async getShippingRates({ metadata, request }) {
      log("calculated shipping rates", metadata.instanceId);
      const items = request.lineItems.reduce((sum, { quantity }) => sum + quantity, 0);
      const cost = { price: (2 + items).toFixed(2), currency: metadata.currency };
      return { shippingRates: [{ code: "hello", title: `Hello from ${await siteName()}`, cost }] };
    },
  });
  return app;
}

/** 4. The instance parameter of a page. All other requests go to the handlers of the app. */
export function handleRequest(app: App, log: Log): (request: Request) => Promise<Response> {
  return async (request) =>
    request.method === "GET" ? await showPage(app, log, request) : await app.fetch(request);
}

/** Reads the name of the site. The current handler determines the instance and its token. */
async function siteName(): Promise<string> {
  const response = await httpClient.fetchWithAuth("/apps/v1/instance");
  const { site } = (await response.json()) as { site: { siteDisplayName: string } };
  return site.siteDisplayName;
}
