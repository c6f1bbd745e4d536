import { type App, createApp } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import { fromEnvironment, httpClient } from "@latchkey/sdk/essentials";
import { products } from "@latchkey/sdk/stores";
import { showPage } from "./page.ts";

/** Tells what the app did, and for which instance. */
export type Tell = (what: string, instanceId: string) => void;

/** An app that learns in four ways for whom it acts, and has no credentials in its code. */
export function createHelloApp(tell: Tell): App {
  const app = createApp(fromEnvironment());

  // 1. The webhook AppInstalled.
  app.webhooks.on("AppInstalled", async ({ instanceId }) => {
    tell(`was installed on ${await siteName()}`, instanceId);
  });

  // 2. Any other webhook.
  app.webhooks.on(products.onProductCreated, ({ data, metadata }) => {
    tell(`heard of the new product ${data.name}`, metadata.instanceId);
  });

  // 3. What the platform says when it calls a service plugin.
  app.servicePlugins.implement(shippingRates, {
    async getShippingRates({ metadata, request }) {
      tell("was asked what shipping costs", metadata.instanceId);
      const items = request.lineItems.reduce((sum, { quantity }) => sum + quantity, 0);
      const cost = { price: (2 + items).toFixed(2), currency: metadata.currency };
      return { shippingRates: [{ code: "hello", title: `Hello from ${await siteName()}`, cost }] };
    },
  });
  return app;
}

/** 4. The signed parameter with which a page is opened. Everything else that comes is for the platform's handlers. */
export function answer(app: App, tell: Tell): (request: Request) => Promise<Response> {
  return async (request) =>
    request.method === "GET" ? await showPage(app, tell, request) : await app.fetch(request);
}

/** Without a token, an instance or a secret in sight: the handler that calls this runs for one. */
async function siteName(): Promise<string> {
  const response = await httpClient.fetchWithAuth("/apps/v1/instance");
  const { site } = (await response.json()) as { site: { siteDisplayName: string } };
  return site.siteDisplayName;
}
