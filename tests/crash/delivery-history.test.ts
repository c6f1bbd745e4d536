import { randomBytes } from "node:crypto";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { eventually } from "@latchkey/test-support/webhook-receiver";
import { afterEach, describe, expect, test } from "vitest";
import { createDeliverySetup, type DeliverySetup, ownType, productCreated } from "./delivery-setup.ts";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";
import { createStorage, type Storage } from "./storage.ts";
import { startUnreliableReceiver, type UnreliableReceiver } from "./unreliable-receiver.ts";
import { type Connection, connectTo } from "./workload.ts";

const kills = Number(process.env.KILLS ?? 3);
const seed = Number(process.env.SEED ?? 20_260_102);
const limit = { timeout: 180_000 + kills * 60_000 };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Acknowledged writes. */
interface Acknowledged {
  readonly events: Set<string>;
  readonly products: Set<string>;
  installs: number;
  removals: number;
}

/** Servers on one database, and the endpoints that they send to. */
interface Run {
  readonly storage: Storage;
  readonly receiver: UnreliableReceiver;
  readonly setup: DeliverySetup;
  readonly acknowledged: Acknowledged;
  readonly random: () => number;
  readonly servers: Server[];
}

interface Server {
  readonly environment: Readonly<Record<string, string>>;
  process: LatchkeyProcess;
  connection: Connection;
}

async function begin(
  engine: "sqlite" | "postgres",
  { policy = "wix", processes = 1 }: { policy?: "wix" | "standard"; processes?: number } = {},
): Promise<Run> {
  const storage = await createStorage(engine);
  closing.push(() => storage.remove());
  const random = seededRandom(seed);
  const receiver = await startUnreliableReceiver(random);
  closing.push(() => receiver.close());
  const adminKey = randomBytes(32).toString("base64");
  const encryptionKey = randomBytes(32).toString("base64");
  const servers: Server[] = [];
  for (let count = 0; count < processes; count += 1) {
    const environment = {
      ...{ LATCHKEY_ENV: "development", PORT: await freePort(), LATCHKEY_ADMIN_KEY: adminKey },
      ...{ LATCHKEY_ENCRYPTION_KEY: encryptionKey, LATCHKEY_DELIVERY_POLICY: policy },
      ...storage.environment,
    };
    const process = await startLatchkey(environment);
    servers.push({ environment, process, connection: connectTo(process.url, adminKey) });
  }
  closing.push(() => Promise.all(servers.map((server) => server.process.kill("SIGKILL"))));
  const setup = await createDeliverySetup((servers[0] as Server).connection, receiver.url);
  const acknowledged = { events: new Set<string>(), products: new Set<string>(), installs: 0, removals: 0 };
  return { storage, receiver, setup, acknowledged, random, servers };
}

/** Writes on all sites at once, through a random server, until `writes` writes are acknowledged. */
async function work(run: Run, writes: number, onLast: () => void = () => {}): Promise<void> {
  const { setup } = run;
  let left = writes;
  const done = (): boolean => {
    left -= 1;
    if (left === 0) onLast();
    return left <= 0;
  };
  const token = await mint(run);
  const writers = [
    ...setup.stableSites.map((siteId) => () => publish(run, siteId)),
    ...(token === undefined ? [] : [() => createProduct(run, token)]),
    ...setup.busySites.map((siteId) => () => installOrRemove(run, siteId)),
  ];
  const outcomes = await Promise.allSettled(
    writers.map(async (write) => {
      do await write();
      while (!done());
    }),
  );
  for (const outcome of outcomes) {
    // A request may break off with a server, but must not be rejected.
    if (outcome.status === "rejected") expect(String(outcome.reason)).not.toContain("was rejected");
  }
}

const anyServer = ({ random, servers }: Run): Connection =>
  (servers[Math.floor(random() * servers.length)] as Server).connection;

async function publish(run: Run, siteId: string): Promise<void> {
  const body = { siteId, eventType: ownType, payload: { n: run.acknowledged.events.size } };
  const response = await anyServer(run).call("POST", "/admin/v1/events", { body });
  requireOk(response.status, "an event", response.body);
  run.acknowledged.events.add(String(response.body.eventId));
}

async function createProduct(run: Run, token: string): Promise<void> {
  const product = { name: "Huila", productType: "physical", priceData: { price: 9 } };
  const response = await fetch(`${run.servers[0]?.process.url}/stores/v1/products`, {
    method: "POST",
    headers: { authorization: token, "content-type": "application/json" },
    body: JSON.stringify({ product }),
  });
  const body = (await response.json()) as { product: { id: string } };
  requireOk(response.status, "a product", body);
  run.acknowledged.products.add(body.product.id);
}

async function mint({ servers, setup }: Run): Promise<string | undefined> {
  const [app] = setup.apps;
  const response = await servers[0]?.connection.call("POST", "/oauth2/token", {
    body: {
      ...{ grant_type: "client_credentials", client_id: app?.appId, client_secret: app?.secret },
      instance_id: app?.instanceId,
    },
  });
  return response?.status === 200 ? String(response.body.access_token) : undefined;
}

/** Removes the first app from a site, or installs it if it is not there. */
async function installOrRemove(run: Run, siteId: string): Promise<void> {
  const connection = anyServer(run);
  const { body } = await connection.call("GET", `/admin/v1/sites/${siteId}/instances`);
  const [instance] = body.items as { instanceId: string; state: string }[];
  if (instance?.state === "installed") {
    const response = await connection.call("DELETE", `/admin/v1/instances/${instance.instanceId}`);
    requireOk(response.status, "a removal", response.body);
    run.acknowledged.removals += 1;
    return;
  }
  const path = `/admin/v1/sites/${siteId}/instances`;
  const response = await connection.call("POST", path, { body: { appId: run.setup.apps[0]?.appId } });
  requireOk(response.status, "an install", response.body);
  run.acknowledged.installs += 1;
}

function requireOk(status: number, what: string, body: object): void {
  if (status !== 200) throw new Error(`${what} was rejected: ${status} ${JSON.stringify(body)}`);
}

async function kill(server: Server): Promise<void> {
  await server.process.kill("SIGKILL");
  server.connection.close();
  server.process = await startLatchkey(server.environment);
  server.connection = connectTo(server.process.url, server.environment.LATCHKEY_ADMIN_KEY ?? "");
}

/** Advances the clock of one server until every event is delivered. */
async function drain({ receiver, servers, storage }: Run): Promise<void> {
  receiver.recover();
  const [{ connection }, ...others] = servers as [Server, ...Server[]];
  // The lease of a server whose clock is hours behind has expired for the other one.
  await Promise.all(others.map((server) => server.process.kill("SIGTERM")));
  let open: Record<string, unknown> = {};
  let quiet = 0;
  await eventually(
    async () => {
      const [row] = await storage.read(
        `select (select count(*) from events where fanned_out_at is null) as waiting,
           (select count(*) from deliveries where status in ('pending', 'blocked')) as pending,
           (select count(*) from deliveries where leased_until is not null) as sending`,
      );
      open = row ?? {};
      if (Number(open.waiting) + Number(open.pending) === 0) return true;
      // A retry may be half a day away. The clock advances only while nothing is sent, because it also triggers time-outs.
      quiet = Number(open.waiting) + Number(open.sending) === 0 ? quiet + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (quiet < 20) return false;
      quiet = 0;
      await connection.call("POST", "/admin/v1/dev/clock", { body: { advance: "13h" } });
      return false;
    },
    () => `still ${JSON.stringify(open)}`,
  );
}

/** Compares received deliveries with committed events, and committed events with acknowledged writes. */
async function check({ acknowledged, receiver, storage, setup }: Run): Promise<number> {
  const events = await storage.read(
    "select event_id, event_type, site_id, instance_id, app_id, payload from events order by event_id",
  );
  const ids = new Set(events.map((event) => event.event_id));
  expect([...acknowledged.events].filter((eventId) => !ids.has(eventId as never))).toEqual([]);
  const products = new Set(
    events
      .filter((event) => event.event_type === productCreated)
      .map((event) => JSON.parse(event.payload ?? "").productId),
  );
  expect([...acknowledged.products].filter((productId) => !products.has(productId))).toEqual([]);
  const ofBusySites = (type: string): number =>
    events.filter((event) => event.event_type === type && setup.busySites.includes(event.site_id ?? ""))
      .length;
  expect(ofBusySites("AppInstalled")).toBeGreaterThanOrEqual(acknowledged.installs);
  expect(ofBusySites("AppRemoved")).toBeGreaterThanOrEqual(acknowledged.removals);

  const committed = new Map(events.map((event) => [String(event.event_id), String(event.payload)]));
  let expected = 0;
  for (const app of setup.apps) {
    for (const { eventType, path } of app.subscriptions) {
      const received = receiver.deliveries.get(path) ?? [];
      for (const { eventId, payload } of received) expect(committed.get(eventId)).toBe(payload);
      const receivedIds = new Set(received.map(({ eventId }) => eventId));
      const due = events.filter(
        (event) => event.event_type === eventType && (event.app_id === null || event.app_id === app.appId),
      );
      const lost = due.filter((event) => !receivedIds.has(event.event_id ?? ""));
      expect([path, lost.map((event) => event.event_id)]).toEqual([path, []]);
      expected += due.length;
    }
  }
  const failed = await storage.read("select delivery_id from deliveries where status = 'failed'");
  expect(failed).toEqual([]);
  return expected;
}

describe("G11 killed again and again while it delivers, every event reaches every subscriber", () => {
  test.each(["sqlite", "postgres"] as const)("on %s", limit, async (engine) => {
    const run = await begin(engine);
    for (let count = 0; count < kills; count += 1) {
      const server = run.servers[0] as Server;
      let killed: Promise<void> | undefined;
      const writes = 30 + Math.floor(run.random() * 120);
      await work(run, writes, () => {
        killed = kill(server);
      });
      await killed;
    }
    await drain(run);
    const expected = await check(run);
    console.log(
      `${engine}: ${kills} kills, seed ${seed}: ${expected} deliveries due, ${run.receiver.received} received, ` +
        `${run.receiver.duplicates} of them duplicates`,
    );
  });

  test("on postgres, one of two processes", limit, async () => {
    const run = await begin("postgres", { processes: 2 });
    for (let count = 0; count < kills; count += 1) {
      const server = run.servers[1 - (count % 2)] as Server;
      let killed: Promise<void> | undefined;
      await work(run, 30 + Math.floor(run.random() * 120), () => {
        killed = kill(server);
      });
      await killed;
    }
    await drain(run);
    await check(run);
  });
});

test.each(["sqlite", "postgres"] as const)(
  "without kills on %s fewer than one delivery in a thousand is sent twice",
  limit,
  async (engine) => {
    // The policy with a time-out of ten seconds, so that a slow machine causes no repeated delivery.
    const run = await begin(engine, { policy: "standard", processes: engine === "postgres" ? 2 : 1 });
    await work(run, 1_000);
    await drain(run);
    const expected = await check(run);
    expect(expected).toBeGreaterThan(1_000);
    expect(run.receiver.duplicates / run.receiver.received).toBeLessThan(0.001);
  },
);
