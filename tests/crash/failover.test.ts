import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementCaller } from "@latchkey/test-support/management-client";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import pg from "pg";
import { expect, test } from "vitest";
import { checkHistory, prepare, workUntilInterrupted } from "./history.ts";
import { freePort, runLatchkey, startFailing, startLatchkey } from "./latchkey-process.ts";
import { startPostgresPair } from "./postgres-pair.ts";
import { connectTo, repeatPending } from "./workload.ts";

test("a failover of PostgreSQL loses nothing that was acknowledged, and needs no restart", {
  timeout: 300_000,
}, async () => {
  const pair = await startPostgresPair();
  const { adminKey, directory, environment } = await createEnvironment(pair.url);
  const server = await startLatchkey(environment);
  const connection = connectTo(server.url, adminKey);
  const { client, sites } = await prepare(connection, 8);
  const failures = await workUntilInterrupted({
    connection,
    client,
    sites,
    random: seededRandom(20_260_102),
    interrupt: pair.killPrimary,
  });
  // Until the standby is the primary, every request gets 503: an error of the server, never 401 or 403.
  for (const failure of failures)
    expect(failure ?? "503").toMatch(/503|temporarily_unavailable|UNAVAILABLE|"message":""/);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);

  await pair.promoteStandby();
  const started = performance.now();
  await expect
    .poll(async () => (await fetch(`${server.url}/readyz`)).status, { timeout: 60_000, interval: 100 })
    .toBe(200);
  console.log(`ready ${Math.round(performance.now() - started)} ms after the failover`);
  for (const site of sites) {
    await expect
      .poll(() => repeatPending(connection, client, site).then(() => "done", String), { timeout: 60_000 })
      .toBe("done");
  }
  const readRows = async (statement: string): Promise<Record<string, never>[]> => {
    const database = new pg.Client({ connectionString: pair.url });
    await database.connect();
    const { rows } = await database.query(statement);
    await database.end();
    return rows;
  };
  await checkHistory({ connection, sites, readRows });
  connection.close();
  await server.kill("SIGTERM");
  await pair.close();
  rmSync(directory, { recursive: true });
});

test("a standby that lacks a removal stops the server, and every start until latchkey restore has run (FR-B5)", {
  timeout: 300_000,
}, async () => {
  const pair = await startPostgresPair();
  const { adminKey, directory, environment: base } = await createEnvironment(pair.url);
  const environment = { ...base, LATCHKEY_LOG_LEVEL: "silent", LATCHKEY_RESOURCES: "@latchkey/stores" };
  const server = await startLatchkey(environment);
  const call = managementCaller({ url: server.url, adminKey });
  const { appId } = (await call("POST /apps", { body: { name: "App" } })).body;
  const { siteId } = (await call("POST /sites", { body: { name: "Site" } })).body;
  const { instanceId } = (await call(`POST /sites/${siteId}/instances`, { body: { appId } })).body;
  await pair.detachStandby();
  expect((await call(`DELETE /instances/${instanceId}`)).status).toBe(200);
  await pair.killPrimary();
  await pair.promoteStandby();

  await expect
    .poll(
      () =>
        fetch(`${server.url}/readyz`).then(
          ({ status }) => status,
          () => "stopped",
        ),
      { timeout: 60_000 },
    )
    .toBe("stopped");
  const refused = {
    code: 1,
    stderr: expect.stringMatching(/^latchkey: database_outdated: .* latchkey restore\.\n$/),
  };
  expect(await server.ended).toEqual(refused);
  expect(await startFailing(environment)).toEqual(refused);
  expect((await runLatchkey(["restore"], environment)).code).toBe(0);
  const again = await startLatchkey(environment);
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  await again.kill("SIGTERM");
  await pair.close();
  rmSync(directory, { recursive: true });
});

/** Creates the environment of a server on the pair, with a data directory of its own. */
async function createEnvironment(databaseUrl: string) {
  const directory = mkdtempSync(join(tmpdir(), "latchkey-failover-"));
  const adminKey = randomBytes(32).toString("base64");
  const environment = {
    LATCHKEY_ENV: "development",
    LATCHKEY_ADMIN_KEY: adminKey,
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_DATA_DIR: directory,
    DATABASE_URL: databaseUrl,
    PORT: await freePort(),
  };
  return { adminKey, directory, environment };
}
