import { type Bench, median } from "../benchmark.ts";
import { compare, type Subject } from "../comparison.ts";
import { installApp } from "../platform/installed-app.ts";
import { type Platform, startPlatform } from "../platform/platform.ts";
import { openSqliteStorage } from "../platform/storage.ts";
import { startChild } from "../processes/child.ts";

const benchmark = "service-plugins";
const env = { LATCHKEY_OUTBOUND_ALLOW: "127.0.0.0/8", LATCHKEY_LOG_LEVEL: "error" };
const componentType = "ECOM_SHIPPING_RATES";
const request = { lineItems: [1, 2, 3].map((quantity) => ({ name: "Mug", quantity, price: "14.00" })) };

/** Service-plugin calls relative to a minimal caller, and the time that a call adds to the response of its apps. */
export async function servicePlugins(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const endpoint = startChild(new URL("./endpoint.ts", import.meta.url), { core: "load" });
  stack.defer(() => endpoint.stop());
  const origin = await endpoint.ask<string>("url");
  const storage = openSqliteStorage();
  stack.defer(() => storage.close());
  const platform = await startPlatform(storage, env);
  stack.defer(() => platform.stop());
  const { value: key } = await platform.manage<{ value: string }>("/api-keys", {
    ...{ name: "Benchmark", scopes: ["service-plugins:call"] },
  });
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const sites = new Map<number, string>();
  for (const apps of [1, 5, 20]) sites.set(apps, await siteWith(platform, { apps, origin }));
  const bodyFor = (apps: number): string =>
    JSON.stringify({ siteId: sites.get(apps), componentType, method: "getShippingRates", request });

  const bare = startChild(new URL("./bare-caller.ts", import.meta.url), { core: "server" });
  stack.defer(() => bare.stop());
  const bareUrl = `${await bare.ask<string>("url")}/?origin=${encodeURIComponent(origin)}`;
  const url = `${platform.url}/admin/v1/service-plugins/call`;
  const ours = "latchkey, SQLite, 1 app";
  const bareCaller = "bare node:http + undici + RS256, 1 app";
  const subjects: Subject[] = [
    {
      name: ours,
      servers: [platform.child],
      database: undefined,
      job: job({ url, headers, body: bodyFor(1) }),
    },
    {
      ...{ name: bareCaller, servers: [bare], database: undefined },
      job: job({ url: bareUrl, headers, body: bodyFor(1) }),
    },
  ];
  const { ratio } = await compare(bench, benchmark, subjects);
  bench.report.bound({
    ...{
      benchmark,
      bound: "CPU per call, of what the bare one takes",
      reached: ratio(ours, bareCaller, "cpuUs"),
    },
    ...{ limit: 2, rule: "at most" },
  });

  const direct = await medianMs(bench, { url: origin, headers, body: bodyFor(1) });
  bench.report.row({ benchmark, subject: "the endpoint itself", figures: { "p50 ms": direct } });
  for (const apps of sites.keys()) {
    const p50 = await medianMs(bench, { url, headers, body: bodyFor(apps) });
    const figures = { "p50 ms": p50, "added ms": p50 - direct };
    bench.report.row({
      benchmark,
      subject: `latchkey, one call of ${apps} ${apps === 1 ? "app" : "apps"}`,
      figures,
    });
  }
}

async function siteWith(
  platform: Platform,
  { apps, origin }: { apps: number; origin: string },
): Promise<string> {
  const { siteId } = await platform.manage<{ siteId: string }>("/sites", { name: `${apps} apps` });
  for (let count = 0; count < apps; count += 1) {
    const { appId } = await installApp(platform);
    await platform.manage(`/apps/${appId}/extensions`, {
      kind: "SERVICE_PLUGIN",
      componentType,
      baseUri: origin,
    });
    await platform.manage(`/sites/${siteId}/instances`, { appId });
  }
  return siteId;
}

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function job({ body, headers, url }: Post): Subject["job"] {
  return {
    ...{ urls: [url], method: "POST", headers, bodies: { kind: "listed", texts: [body] } },
    check: { kind: "json" },
  };
}

/** The median time of sequential calls, in milliseconds. */
async function medianMs({ isQuick }: Bench, { body, headers, url }: Post): Promise<number> {
  const times: number[] = [];
  const calls = isQuick ? 50 : 500;
  // The first tenth compiles code and opens connections; it is not counted.
  for (let call = -calls / 10; call < calls; call += 1) {
    const started = performance.now();
    const response = await fetch(url, { method: "POST", headers, body });
    await response.text();
    if (response.status !== 200) throw new Error(`${url} returned ${response.status}.`);
    if (call >= 0) times.push(performance.now() - started);
  }
  return median(times);
}
