import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp, nodeHandler, ServicePluginError } from "@latchkey/sdk";
import { shippingRates } from "@latchkey/sdk/ecom";
import type { TestPlatform } from "@latchkey/server/testing";

/** A service plugin on loopback. */
export interface LocalPlugin {
  /** The base URI. */
  readonly url: string;
  /** The verified requests. */
  readonly requests: readonly object[];
  close(): Promise<void>;
}

/** Starts shipping rates of an app, which need a postal code once a destination is given. */
export async function startShippingRates(
  platform: TestPlatform,
  { appId, publicKey }: { readonly appId: string; readonly publicKey: string },
): Promise<LocalPlugin> {
  const requests: object[] = [];
  const app = createApp({ appId, publicKey, apiUrl: platform.url, clock: platform.clock });
  app.servicePlugins.implement(shippingRates, {
    getShippingRates({ metadata, request }) {
      requests.push(request);
      const { shippingDestination: destination } = request;
      if (destination && !destination.postalCode) throw new ServicePluginError("MISSING_POSTAL_CODE");
      const cost = { price: "4.90", currency: metadata.currency };
      return { shippingRates: [{ code: "standard", title: "Standard, 2 days", cost }] };
    },
  });
  const server = createServer(nodeHandler(app.fetch));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugins`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
