import { AppStrategy, createClient } from "@latchkey/sdk";
import { products } from "@latchkey/sdk/stores";
import { baselineCredentials } from "../baselines/credentials.ts";

/** Ways to send the same request and read its response. */
export type Calls = Readonly<Record<string, () => Promise<unknown>>>;

const path = "/stores/v1/products/query";

/** @param url URL of the server with fixed responses */
export function prepareCalls(url: string): Calls {
  const { appId, appSecret, instanceId } = baselineCredentials;
  const client = createClient({
    auth: AppStrategy({ appId, appSecret, instanceId }),
    modules: { products },
    apiUrl: url,
  });
  const body = JSON.stringify({ query: { paging: { limit: 50, offset: 0 } } });
  const headers = { "content-type": "application/json" };
  const authorised = { ...headers, authorization: "x".repeat(700) };
  return {
    async "bare fetch"() {
      const response = await fetch(`${url}${path}`, { method: "POST", headers: authorised, body });
      return await response.json();
    },
    async "fetch with a time-out"() {
      const signal = AbortSignal.timeout(10_000);
      const response = await fetch(`${url}${path}`, { method: "POST", headers: authorised, body, signal });
      return await response.json();
    },
    async "latchkey, fetchWithAuth"() {
      const response = await client.fetchWithAuth(path, { method: "POST", headers, body });
      return await response.json();
    },
    "latchkey, queryProducts": () => client.products.queryProducts().limit(50).find(),
  };
}
