import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp, nodeHandler } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import type { Demo } from "@latchkey/server/dev";
import { showPage } from "../../examples/hello-app/page.ts";

/** A webhook that the app of the demo received. */
export interface ReceivedEvent {
  readonly eventType: string;
  readonly instanceId: string;
}

/** The demo's app, which listens on its own port: webhooks, a page and a service plugin. */
export interface HelloApp {
  readonly url: string;
  /** Resolves with the next event of a type; call it before the event is published. */
  next(eventType: "AppInstalled" | "AppRemoved"): Promise<ReceivedEvent>;
}

const timeoutMs = 10_000;

/** Starts the app, which verifies webhooks with the keys that the platform publishes. */
export async function startHelloApp(url: string, demo: Pick<Demo, "appId" | "appSecret">): Promise<HelloApp> {
  const app = createApp({ apiUrl: url, appId: demo.appId, appSecret: demo.appSecret });
  const waiting = new Map<string, (event: ReceivedEvent) => void>();
  for (const type of ["AppInstalled", "AppRemoved"] as const) {
    app.webhooks.on(type, ({ eventType, instanceId }) => waiting.get(type)?.({ eventType, instanceId }));
  }
  app.servicePlugins.implement(shippingRates, {
    getShippingRates({ metadata: { currency }, request }) {
      const items = request.lineItems.reduce((sum, { quantity }) => sum + quantity, 0);
      const cost = { price: (2 + items).toFixed(2), currency };
      return { shippingRates: [{ code: "hello", title: "Hello App", cost }] };
    },
  });
  const server = createServer(
    nodeHandler((request) =>
      request.method === "GET" ? showPage(app, () => {}, request) : app.fetch(request),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hello-app`,
    next: (eventType) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${eventType} did not arrive.`)), timeoutMs);
        waiting.set(eventType, (event) => {
          clearTimeout(late);
          resolve(event);
        });
      }),
  };
}
