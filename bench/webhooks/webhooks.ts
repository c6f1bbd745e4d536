import { freePort } from "../../tools/free-port.ts";
import { type Bench, median, medianRatio } from "../benchmark.ts";
import { installApp } from "../platform/installed-app.ts";
import { type Platform, startPlatform } from "../platform/platform.ts";
import { openSqliteStorage, type Storage, startPostgresServer } from "../platform/storage.ts";
import { type Child, startChild } from "../processes/child.ts";
import { type Endpoints, startEndpoints } from "./endpoints.ts";
import { dueDeliveries, pendingEvents, subscribers } from "./seeded-deliveries.ts";

const eventType = "own.benchmark";
const benchmark = "webhooks";
/** The maximum number of webhooks of an app. */
const webhooksOfApp = 100;
const env = { LATCHKEY_OUTBOUND_ALLOW: "127.0.0.0/8", LATCHKEY_LOG_LEVEL: "error" };

/** Deliveries per second relative to a minimal sender, time to the first attempt, and the fan-out of one event. */
export async function webhooks(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const endpoints = await startEndpoints();
  stack.defer(() => endpoints.stop());
  for (const count of [1, 10, 1_000]) await throughput(bench, endpoints, count);
  const server = await startPostgresServer();
  stack.defer(() => server.close());
  for (const meanwhile of ["", "waiting", "burst"] as const) {
    await latency(bench, { endpoints, storage: openSqliteStorage(), meanwhile });
    await latency(bench, { endpoints, storage: await server.openStorage(), meanwhile });
  }
  await fanOut(bench, openSqliteStorage());
  await fanOut(bench, await server.openStorage());
}

/** Deliveries to `count` webhooks that are due when the platform starts. */
async function throughput(bench: Bench, endpoints: Endpoints, count: number): Promise<void> {
  const deliveries = bench.isQuick ? 4_000 : 16_000;
  const rounds = bench.isQuick ? 1 : 5;
  const bare: number[] = [];
  const ours: number[] = [];
  const bareDeliverer = startChild(new URL("./bare-deliverer.ts", import.meta.url), { core: "server" });
  // The first round compiles code and opens connections; it is not counted.
  for (let round = -1; round < rounds; round += 1) {
    const rates = [
      await bareRate(bareDeliverer, endpoints, { endpoints: count, deliveries }),
      await ourRate(endpoints, { endpoints: count, deliveries }),
    ] as const;
    if (round < 0) continue;
    bare.push(rates[0]);
    ours.push(rates[1]);
  }
  await bareDeliverer.stop("SIGKILL");
  const many = `${count} ${count === 1 ? "endpoint" : "endpoints"}`;
  bench.report.row({
    benchmark,
    subject: `latchkey, SQLite, ${many}`,
    figures: { "deliveries/s": median(ours) },
  });
  bench.report.row({
    benchmark,
    subject: `bare undici + RS256, ${many}`,
    figures: { "deliveries/s": median(bare) },
  });
  bench.report.bound({
    ...{ benchmark, bound: `deliveries/s to ${many}, of what the bare one reaches` },
    ...{ reached: medianRatio(ours, bare), limit: 0.6, rule: "at least" },
  });
}

interface Amount {
  readonly endpoints: number;
  readonly deliveries: number;
}

async function bareRate(bareDeliverer: Child, endpoints: Endpoints, amount: Amount): Promise<number> {
  await endpoints.expect(amount.deliveries);
  const atOnce = Math.min(amount.endpoints * 64, 512);
  await bareDeliverer.ask({ origin: endpoints.origin, ...amount, atOnce });
  return amount.deliveries / 2 / ((await endpoints.halfSpan(amount.deliveries)) / 1_000);
}

async function ourRate(endpoints: Endpoints, amount: Amount): Promise<number> {
  const storage = openSqliteStorage();
  const first = await startPlatform(storage, env);
  const webhookIds: string[] = [];
  await first.manage("/event-types", { eventType, description: "Benchmark" });
  let appId = "";
  for (let index = 0; index < amount.endpoints; index += 1) {
    if (index % webhooksOfApp === 0) ({ appId } = await installApp(first));
    const url = `${endpoints.origin}/good/${index}`;
    const made = await first.manage<{ webhookId: string }>(`/apps/${appId}/webhooks`, { eventType, url });
    webhookIds.push(made.webhookId);
  }
  await first.stop();
  await storage.run(dueDeliveries({ appId, eventType, webhookIds }, amount.deliveries));
  await endpoints.expect(amount.deliveries);
  const platform = await startPlatform(storage, env);
  const span = await endpoints.halfSpan(amount.deliveries);
  await platform.stop();
  await storage.close();
  return amount.deliveries / 2 / (span / 1_000);
}

interface LatencyRun {
  readonly endpoints: Endpoints;
  readonly storage: Storage;
  /** What another app has meanwhile: nothing, due deliveries that stall, or new events that its endpoint refuses. */
  readonly meanwhile: "" | "waiting" | "burst";
}

/** Time from the request that publishes an event to its first attempt, at 200 events per second. */
async function latency(bench: Bench, { endpoints, meanwhile, storage }: LatencyRun): Promise<void> {
  let platform = await startPlatform(storage, env);
  await platform.manage("/event-types", { eventType, description: "Benchmark" });
  const { appId, siteId } = await installApp(platform);
  const subscribe = (subscriber: string, url: string) =>
    platform.manage<{ webhookId: string }>(`/apps/${subscriber}/webhooks`, { eventType, url });
  await subscribe(appId, `${endpoints.origin}/good/0`);
  const waiting = bench.isQuick ? 50_000 : 1_000_000;
  if (meanwhile !== "") {
    const other = await installApp(platform);
    const refusing = `http://127.0.0.1:${await freePort()}/`;
    const url = meanwhile === "waiting" ? `${endpoints.origin}/stalls` : refusing;
    const { webhookId } = await subscribe(other.appId, url);
    await platform.stop();
    const target = { appId: other.appId, eventType, webhookIds: [webhookId] };
    const rows =
      meanwhile === "waiting"
        ? dueDeliveries(target, waiting)
        : pendingEvents(other.siteId, eventType, burstEvents);
    await storage.run(rows);
    platform = await startPlatform(storage, env);
  }
  const [warmUp, events] = bench.isQuick ? [200, 400] : [1_000, 4_000];
  // A burst is handled while the first events are published, so they count.
  if (meanwhile !== "burst") {
    await endpoints.expect(warmUp);
    await publishSteadily(platform, siteId, warmUp);
    await endpoints.halfSpan(warmUp);
  }
  await endpoints.expect(events);
  const sent = await publishSteadily(platform, siteId, events);
  await endpoints.halfSpan(events);
  const receivedAt = await endpoints.receivedAt();
  const delays = [...sent]
    .map(([id, at]) => (receivedAt.get(id) ?? Number.POSITIVE_INFINITY) - at)
    .sort((a, b) => a - b);
  await platform.stop();
  await storage.close();
  const [p50 = Number.NaN, p99 = Number.NaN] = [0.5, 0.99].map(
    (share) => delays[Math.floor(delays.length * share)],
  );
  const elsewhere = {
    "": "",
    waiting: `, ${waiting} waiting elsewhere`,
    burst: `, ${burstEvents} events of another site, refused`,
  }[meanwhile];
  const subject = `latchkey, ${nameOf(storage)}, 200 events/s${elsewhere}`;
  bench.report.row({
    benchmark,
    subject,
    figures: { "first attempt p50 ms": p50, "first attempt p99 ms": p99 },
  });
  bench.report.bound({
    ...{ benchmark, bound: `first attempt p99 ms on ${nameOf(storage)}${elsewhere}` },
    ...{ reached: p99, limit: 1_000, rule: "at most" },
  });
}

const burstEvents = 10_000;

function nameOf({ engine }: Storage): string {
  return engine === "sqlite" ? "SQLite" : "PostgreSQL";
}

const perSecond = 200;

/** @returns the time of each event's request by event id */
async function publishSteadily(
  platform: Platform,
  siteId: string,
  count: number,
): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  const began = performance.now();
  const requests: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    const wait = began + (index * 1_000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const at = performance.timeOrigin + performance.now();
    const published = platform.manage<{ eventId: string }>("/events", {
      siteId,
      eventType,
      payload: { index },
    });
    requests.push(published.then(({ eventId }) => void sent.set(eventId, at)));
  }
  await Promise.all(requests);
  return sent;
}

/** Time from the request that publishes an event until its last delivery is stored. */
async function fanOut(bench: Bench, storage: Storage): Promise<void> {
  const instances = 10_000;
  const first = await startPlatform(storage, env);
  await first.manage("/event-types", { eventType, description: "Benchmark" });
  const { siteId } = await first.manage<{ siteId: string }>("/sites", { name: "Benchmark" });
  await first.stop();
  await storage.run(subscribers(siteId, eventType, instances));
  const platform = await startPlatform(storage, env);
  const rounds: number[] = [];
  for (let round = 0; round < (bench.isQuick ? 1 : 5); round += 1) {
    const began = performance.now();
    await platform.manage("/events", { siteId, eventType, payload: { round } });
    while ((await waitingEvents(platform)) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    rounds.push(performance.now() - began);
  }
  await platform.stop();
  await storage.close();
  const subject = `latchkey, ${nameOf(storage)}, one event to ${instances} instances`;
  bench.report.row({ benchmark, subject, figures: { "fan-out ms": median(rounds) } });
}

async function waitingEvents(platform: Platform): Promise<number> {
  const text = await platform.metrics();
  const [, seconds] = /^latchkey_event_oldest_waiting_seconds (\S+)$/m.exec(text) ?? [];
  if (seconds === undefined) throw new Error("The metrics have no latchkey_event_oldest_waiting_seconds.");
  return Number(seconds);
}
