import { expect } from "vitest";
import type { Storage } from "./storage.ts";
import { type Client, type Connection, type SiteState, workOnSite } from "./workload.ts";

/** Creates an app and sites. */
export async function prepare(
  connection: Connection,
  siteCount: number,
): Promise<{ client: Client; sites: SiteState[] }> {
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

/**
 * Works on all sites at once, and interrupts after a random number of acknowledged steps.
 *
 * @returns why the work on each site ended; undefined when it ended because of the interruption alone
 */
export async function workUntilInterrupted(load: {
  interrupt: () => Promise<unknown>;
  connection: Connection;
  client: Client;
  sites: SiteState[];
  random: () => number;
}): Promise<(string | undefined)[]> {
  const { client, connection, interrupt, random, sites } = load;
  let stepsLeft = 20 + Math.floor(random() * 120);
  let interrupted: Promise<unknown> | undefined;
  const acknowledged = (): boolean => {
    stepsLeft -= 1;
    if (stepsLeft === 0) interrupted = interrupt();
    return interrupted !== undefined;
  };
  const outcomes = await Promise.allSettled(
    sites.map((site) => workOnSite(connection, { client, site, random }, acknowledged)),
  );
  await interrupted;
  return outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : undefined));
}

/** Compares the database and the token checks with the acknowledged writes. */
export async function checkHistory(history: {
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
