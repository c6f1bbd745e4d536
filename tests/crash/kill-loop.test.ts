import { randomBytes } from "node:crypto";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { describe, expect, test } from "vitest";
import { freePort, type LatchkeyProcess, startLatchkey } from "./latchkey-process.ts";
import { createStorage, type Storage } from "./storage.ts";
import {
  type Client,
  type Connection,
  connectTo,
  repeatPending,
  type SiteState,
  workOnSite,
} from "./workload.ts";

const kills = Number(process.env.KILLS ?? 5);
const seed = Number(process.env.SEED ?? 20_260_102);
const siteCount = 8;
const limit = { timeout: 120_000 + kills * 60_000 };

describe("killed again and again while apps are installed and removed, nothing acknowledged is lost", () => {
  test.each(["sqlite", "postgres"] as const)("on %s", limit, async (engine) => {
    const storage = await createStorage(engine);
    await killAgainAndAgain(storage);
    await storage.remove();
  });
});

async function killAgainAndAgain({ environment: ofStorage, read: readRows }: Storage): Promise<void> {
  const random = seededRandom(seed);
  const adminKey = randomBytes(32).toString("base64");
  const environment = {
    ...{ LATCHKEY_ENV: "development", PORT: await freePort(), LATCHKEY_ADMIN_KEY: adminKey },
    ...{ LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"), ...ofStorage },
  };
  let server = await startLatchkey(environment);
  let connection = connectTo(server.url, adminKey);
  const { client, sites } = await prepare(connection);
  const readyAfter: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    await loadUntilKilled({ server, connection, client, sites, random });
    connection.close();
    server = await startLatchkey(environment);
    readyAfter.push(server.readyAfterMs);
    connection = connectTo(server.url, adminKey);
    for (const site of sites) await repeatPending(connection, client, site);
    await checkHistory({ connection, sites, readRows });
  }
  connection.close();
  await server.kill("SIGTERM");
  const operations = sites.reduce((sum, site) => sum + site.installs + site.removals, 0);
  console.log(
    `${kills} kills, ${operations} acknowledged changes, seed ${seed}: ready again after ` +
      `${Math.round(readyAfter.reduce((sum, ms) => sum + ms, 0) / kills)} ms, ${Math.round(Math.max(...readyAfter))} ms at most`,
  );
}

async function prepare(connection: Connection): Promise<{ client: Client; sites: SiteState[] }> {
  const scopes = ["SCOPE.DC-STORES.READ-PRODUCTS"];
  const app = await connection.call("POST", "/admin/v1/apps", { body: { name: "App", scopes } });
  const { appId, secret } = app.body as { appId: string; secret: { value: string } };
  const sites: SiteState[] = [];
  for (let count = 0; count < siteCount; count += 1) {
    const { body } = await connection.call("POST", "/admin/v1/sites", { body: { name: `Site ${count}` } });
    const fresh = { instanceId: undefined, installed: false, installs: 0, removals: 0, pending: undefined };
    sites.push({ siteId: String(body.siteId), ...fresh, valid: [], uncertain: [], invalid: [] });
  }
  return { client: { appId, secret: secret.value }, sites };
}

/** Works on all sites at once, and kills the server after a random number of acknowledged steps. */
async function loadUntilKilled(load: {
  server: LatchkeyProcess;
  connection: Connection;
  client: Client;
  sites: SiteState[];
  random: () => number;
}): Promise<void> {
  const { client, connection, sites, random, server } = load;
  let stepsLeft = 20 + Math.floor(random() * 120);
  let killed: Promise<unknown> | undefined;
  const acknowledged = (): boolean => {
    stepsLeft -= 1;
    if (stepsLeft === 0) killed = server.kill("SIGKILL");
    return killed !== undefined;
  };
  const outcomes = await Promise.allSettled(
    sites.map((site) => workOnSite(connection, { client, site, random }, acknowledged)),
  );
  await killed;
  for (const outcome of outcomes) {
    // A request may break off with the server, but must not be rejected.
    if (outcome.status === "rejected") expect(String(outcome.reason)).not.toContain("was rejected");
  }
}

/** Compares the database and the token checks with what was acknowledged before the kill. */
async function checkHistory(history: {
  connection: Connection;
  sites: readonly SiteState[];
  readRows: Storage["read"];
}): Promise<void> {
  const { connection, sites, readRows } = history;
  const events = await readRows(
    "select site_id, instance_id, event_type as kind from events order by event_id",
  );
  const audit = await readRows(
    "select site_id, instance_id, action as kind from audit where action like 'instance.%' order by entry_id",
  );
  const instances = await readRows("select site_id, instance_id, state from instances");
  for (const site of sites) {
    const own = (rows: Record<string, never>[]) => rows.filter((row) => row.site_id === site.siteId);
    const expected = alternating(site, "AppInstalled", "AppRemoved");
    expect(own(events).map((row) => row.kind)).toEqual(expected);
    expect(own(audit).map((row) => row.kind)).toEqual(
      alternating(site, "instance.installed", "instance.removed"),
    );
    expect(own(instances).map((row) => [row.instance_id, row.state])).toEqual(
      site.instanceId === undefined ? [] : [[site.instanceId, site.installed ? "installed" : "removed"]],
    );
    for (const token of site.invalid) expect(await isActive(connection, token)).toBe(false);
    for (const token of site.valid) expect(await isActive(connection, token)).toBe(true);
  }
}

/** One entry for each acknowledged change. */
function alternating({ installs, removals }: SiteState, installed: string, removed: string): string[] {
  return Array.from({ length: installs + removals }, (_, index) => (index % 2 === 0 ? installed : removed));
}

async function isActive(connection: Connection, token: string): Promise<unknown> {
  const { body } = await connection.call("POST", "/oauth2/token-info", { body: { token } });
  return body.active;
}
