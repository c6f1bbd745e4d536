import { requestToken } from "@latchkey/test-support/request-token";
import { createProducts, type InstalledApp, installApp, type Post } from "./setup.ts";

/** Latencies of an app that does nothing wrong, in milliseconds. */
export interface Latencies {
  readonly token: number[];
  readonly query: number[];
}

/** An app with a store of 24 products. */
export async function createOtherApp(post: Post, url: string): Promise<InstalledApp> {
  const app = await installApp(post, "SCOPE.DC-STORES.MANAGE-PRODUCTS");
  await createProducts({ app, url }, 24, (index) => ({
    name: `Product ${index}`,
    productType: "physical",
    priceData: { price: 5 },
  }));
  return app;
}

/** Requests a token and queries products every 50 ms until `running` returns false. Throws for any status but 200. */
export async function measure(url: string, app: InstalledApp, running: () => boolean): Promise<Latencies> {
  const found: Latencies = { token: [], query: [] };
  const token = await requestToken(url, app);
  const query = async (): Promise<void> => {
    const response = await fetch(`${url}/stores/v1/products/query`, {
      method: "POST",
      headers: { authorization: token, "content-type": "application/json" },
      body: "{}",
    });
    const { products } = (await response.json()) as { products?: unknown[] };
    if (products?.length !== 24) throw new Error(`A query of another app: ${response.status}`);
  };
  const timed = async (latencies: number[], request: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await request();
    latencies.push(performance.now() - start);
  };
  const sent: Promise<void>[] = [];
  while (running()) {
    // Requests are sent at a fixed rate, so that a slow response does not delay the next request.
    sent.push(
      timed(found.token, () => requestToken(url, app)),
      timed(found.query, query),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all(sent);
  return found;
}

/** The 95th percentile. */
export function p95(latencies: readonly number[]): number {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
