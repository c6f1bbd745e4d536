import { randomBytes } from "node:crypto";
import { seededRandom } from "@latchkey/test-support/seeded-random";
import { describe, expect, test } from "vitest";
import { checkHistory, prepare, workUntilInterrupted } from "./history.ts";
import { freePort, startLatchkey } from "./latchkey-process.ts";
import { createStorage, type Storage } from "./storage.ts";
import { connectTo, repeatPending } from "./workload.ts";

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
  const { client, sites } = await prepare(connection, siteCount);
  const readyAfter: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const interrupt = () => server.kill("SIGKILL");
    const failures = await workUntilInterrupted({ interrupt, connection, client, sites, random });
    // A request may break off with the server, but must not be rejected.
    for (const failure of failures) expect(failure ?? "").not.toContain("was rejected");
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
