import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callAfter } from "./after.ts";
import { type ConnectedSite, callBefore, connectSite } from "./before.ts";
import { createPlatform } from "./platform.ts";

// npm run legacy-migration: the legacy flow of an app and its migration, on the platform of `npm start`.

const latchkey = join(import.meta.dirname, "..", "..", "packages/server/src/latchkey.ts");

/** Runs `latchkey migrate-tokens --finish`, and returns the instance of each migrated site by name. */
async function migrate(app: { appId: string; appSecret: string }, sites: readonly ConnectedSite[]) {
  const folder = mkdtempSync(join(tmpdir(), "legacy-migration-"));
  const [input, output] = [join(folder, "tokens.jsonl"), join(folder, "instances.jsonl")];
  writeFileSync(input, sites.map((site) => `${JSON.stringify(site)}\n`).join(""), { mode: 0o600 });
  const options = ["--input", input, "--output", output, "--excuse", "instance_removed", "--finish"];
  const child = spawn(process.execPath, [...process.execArgv, latchkey, "migrate-tokens", ...options], {
    env: { ...process.env, APP_ID: app.appId, APP_SECRET: app.appSecret },
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`latchkey migrate-tokens ended with ${code}.`);
  const rows = readFileSync(output, "utf8").trim().split("\n");
  // Refresh tokens are not needed any more.
  rmSync(folder, { recursive: true });
  return rows.map((row) => JSON.parse(row) as { name: string; instanceId: string; result: string });
}

async function main(): Promise<void> {
  const { LATCHKEY_ADMIN_KEY, LATCHKEY_URL } = process.env;
  if (!(LATCHKEY_ADMIN_KEY && LATCHKEY_URL)) {
    throw new Error("No platform is running. Start one in another terminal, in this directory: npm start");
  }
  const platform = createPlatform(LATCHKEY_URL, LATCHKEY_ADMIN_KEY);
  const app = await platform.createLegacyApp();
  const installed = [];
  for (const name of ["Site 1", "Site 2", "Site 3"]) installed.push(await platform.install(app, name));
  const sites: ConnectedSite[] = [];
  for (const { instanceId } of installed) {
    const state = randomUUID();
    sites.push(await connectSite(app, await platform.approve(instanceId, state), state));
  }
  console.log("Before: 3 sites, each with a refresh token");
  for (const site of sites) console.log(`  ${await callBefore(app, site)} works with its refresh token`);

  await platform.remove(installed[2]?.instanceId ?? "");
  const copied = await platform.copy(installed[0]?.siteId ?? "", app);
  console.log("The app is removed from Site 3. Site 1 is copied: the copy has no refresh token");

  const rows = await migrate(app, sites);
  const migrated = rows.filter(({ result }) => result === "migrated").map(({ instanceId }) => instanceId);
  console.log("After: 3 sites, each with its instanceId");
  for (const instanceId of [...migrated, copied]) {
    console.log(`  ${await callAfter(app, instanceId)} works with its instanceId`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`legacy-migration: ${(error as Error).message}`);
  process.exit(1);
}
