import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { eventually, startWebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { afterEach, expect, test } from "vitest";
import { childFlags } from "../../tools/test/responses/child-process.ts";
import { checkHistory, prepare, workUntilInterrupted } from "../crash/history.ts";
import { freePort, startLatchkey } from "../crash/latchkey-process.ts";
import { createStorage } from "../crash/storage.ts";
import { type Connection, connectTo } from "../crash/workload.ts";
import { chosenAttacks } from "./attacks.ts";
import { createOtherApp, type Latencies, measure, p95 } from "./probe.ts";
import { createAttackers, installApp, postTo, serverFlags } from "./setup.ts";

/** `npm run test:soak` sets 300, and then the latencies are checked too. */
const seconds = Number(process.env.ATTACK_SECONDS ?? 15);
const measured = process.env.ATTACK_SECONDS !== undefined;
/** The server runs from TypeScript sources, with up to four threads that check schemas. */
const maxServerBytes = 768 * 1024 * 1024;
/** There are at most four search processes, on SQLite only. */
const maxSearchBytes = 192 * 1024 * 1024;
const ownType = "own.happened";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test.each(["sqlite", "postgres"] as const)(
  "K11 all attacks at once fail no request of another app, lose nothing and keep the memory limited, on %s",
  { timeout: 600_000 + seconds * 2_000 },
  async (engine) => {
    const storage = await createStorage(engine);
    closing.push(storage.remove);
    const adminKey = randomBytes(32).toString("base64");
    const environment = {
      LATCHKEY_ENV: "development",
      PORT: await freePort(),
      LATCHKEY_ADMIN_KEY: adminKey,
      LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      ...storage.environment,
    };
    const server = await startLatchkey(environment, serverFlags);
    closing.push(() => server.kill("SIGKILL"));
    const connection = connectTo(server.url, adminKey);
    closing.push(async () => connection.close());
    const post = postTo(connection);
    const others = await createOtherApp(post, server.url);
    const { client, sites } = await prepare(connection, 4);
    const receiver = await startWebhookReceiver();
    closing.push(receiver.close);
    const subscriber = await installApp(post, "SCOPE.DC-STORES.READ-PRODUCTS");
    await post("/event-types", { eventType: ownType, description: "Something of our own" });
    await post(`/apps/${subscriber.appId}/webhooks`, { eventType: ownType, url: receiver.url });

    const attacker = fork(new URL("./attacker.ts", import.meta.url), { execArgv: childFlags() });
    closing.push(async () => attacker.kill("SIGKILL"));
    const [endpoint] = (await once(attacker, "message")) as [string];
    const attackers = await createAttackers({ connection, url: server.url }, endpoint);

    const published: number[] = [];
    /** What the others do, with and without attacks. */
    const work = async (running: () => boolean): Promise<Latencies> => {
      const [latencies] = await Promise.all([
        measure(server.url, others, running),
        publish(connection, { siteId: subscriber.siteId, published, running }),
        changeInstances({ connection: paced(connection), client, sites }, running),
      ]);
      return latencies;
    };
    const before = await work(forSeconds(measured ? 20 : 2));
    attacker.send(attackers);
    const memory = watchMemory(server.pid);
    closing.push(async () => memory.stop());
    const latencies = await work(forSeconds(seconds));
    attacker.send("stop");
    const [turns] = (await once(attacker, "message")) as [Record<string, number>];

    for (const { name } of chosenAttacks) expect(turns[name], name).toBeGreaterThan(0);
    const { search, server: bytes } = memory.stop();
    expect(bytes).toBeLessThan(maxServerBytes);
    expect(search).toBeLessThan(maxSearchBytes);
    await checkHistory({ connection, sites, readRows: storage.read });
    const received = () => new Set(receiver.received.map(({ payload }) => payload.n));
    await eventually(
      () => published.every((n) => received().has(n)),
      () => `${received().size} of ${published.length} arrived`,
    );
    report(engine, { before, latencies, bytes, search, turns });
    if (!measured) return;
    expect(p95(latencies.token)).toBeLessThan(5 * p95(before.token));
    expect(p95(latencies.query)).toBeLessThan(5 * p95(before.query));
  },
);

function forSeconds(duration: number): () => boolean {
  const end = performance.now() + duration * 1_000;
  return () => performance.now() < end;
}

/** Publishes ten events each second, and adds the numbers of the acknowledged ones to `published`. */
async function publish(
  connection: Connection,
  { published, running, siteId }: { published: number[]; running: () => boolean; siteId: string },
): Promise<void> {
  const post = postTo(connection);
  while (running()) {
    const n = published.length;
    await post("/events", { siteId, eventType: ownType, payload: { n } });
    published.push(n);
    await setTimeout(100);
  }
}

/** A connection that pauses 100 ms before each call, so that its load is the same with and without attacks. */
function paced(connection: Connection): Connection {
  return {
    ...connection,
    async call(...call) {
      await setTimeout(100);
      return await connection.call(...call);
    },
  };
}

async function changeInstances(
  work: { connection: Connection } & Awaited<ReturnType<typeof prepare>>,
  running: () => boolean,
): Promise<void> {
  const random = seededRandom(20_260_102);
  while (running()) {
    const failures = await workUntilInterrupted({ ...work, random, interrupt: async () => {} });
    expect(failures.filter(Boolean)).toEqual([]);
  }
}

interface Memory {
  server: number;
  /** The largest search process. */
  search: number;
}

/** Reads the memory of a server and of its search processes every 500 ms; `stop` returns the largest values, in bytes. */
function watchMemory(pid: number): { stop(): Memory } {
  const largest: Memory = { server: 0, search: 0 };
  const timer = setInterval(() => {
    largest.server = Math.max(largest.server, residentBytes(String(pid)));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    largest.search = Math.max(largest.search, ...children.map(residentBytes));
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      return largest;
    },
  };
}

/** The proportional set size, which counts memory that processes share once. Zero for a process that has ended. */
function residentBytes(pid: string): number {
  try {
    const [, kilobytes] = /^Pss:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576);
}

function report(
  engine: string,
  {
    before,
    bytes,
    search,
    latencies,
    turns,
  }: { bytes: number; search: number; before: Latencies; latencies: Latencies; turns: object },
): void {
  const line = (kind: keyof Latencies): string =>
    `${kind} p95 ${p95(before[kind]).toFixed(1)} ms before, ${p95(latencies[kind]).toFixed(1)} ms under attack`;
  console.log(
    `${engine}, ${seconds} s: ${line("token")}; ${line("query")}; ${mebibytes(bytes)} MiB at most, ` +
      `${mebibytes(search)} MiB in a search process`,
  );
  console.log(JSON.stringify(turns, null, 2));
}
