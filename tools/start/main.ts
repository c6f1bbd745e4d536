import { relative, resolve } from "node:path";
import {
  createPlatform,
  describeStartupError,
  listen,
  loadResources,
  readConfig,
  shutDown,
  stopOnSignal,
} from "@latchkey/server";
import { ensureDashboard } from "../build/dashboard.ts";
import { removeDeadWebhooks } from "./dead-webhooks.ts";
import { demoEnvOf, prepareDemo } from "./demo.ts";
import { readDemoEnv, writeDemoEnv } from "./demo-env.ts";
import { createHeldLog } from "./held-log.ts";
import { createManagement } from "./management.ts";
import { createOutput } from "./output.ts";
import { resetDatabase } from "./reset.ts";
import { databaseVariable, describeDatabase, startEnvironment } from "./start-environment.ts";
import { runWalkthrough } from "./walkthrough.ts";

/** `npm start`: starts the platform, creates the demo, runs the walkthrough once, and keeps serving. */
async function main(): Promise<void> {
  const json = process.argv.includes("--json");
  const output = createOutput(json);
  if (process.env.DATABASE_URL) {
    const advice = `npm start uses SQLite, or the database that ${databaseVariable} names.`;
    process.stderr.write(`DATABASE_URL is ignored: ${advice}\n`);
  }
  const config = readConfig(startEnvironment(process.env, json));
  const envFile = resolve(config.dataDirectory, "demo.env");
  if (process.argv.includes("--reset")) resetDatabase(config.databaseUrl, output);

  await ensureDashboard(resolve(import.meta.dirname, "../.."));
  const started = performance.now();
  const { log, release } = createHeldLog(config);
  process.once("exit", release);
  const platform = await createPlatform(config, { log, resources: await loadResources(config.resources) });
  const server = await listen(platform, config);
  stopOnSignal(() => shutDown({ platform, server }, { ...config, graceMs: 1_000 }), platform.failure);
  output.title(`Latchkey is ready on ${config.publicUrl} (${Math.round(performance.now() - started)} ms)`);

  const management = createManagement(config.publicUrl, config.adminKey);
  const demo = await prepareDemo({ management, url: config.publicUrl }, readDemoEnv(envFile));
  writeDemoEnv(envFile, demoEnvOf(demo, { adminKey: config.adminKey, url: config.publicUrl }));
  await removeDeadWebhooks(management, demo.appId, log);
  const file = relative(process.cwd(), envFile);
  await runWalkthrough({ url: config.publicUrl, demo, credentialsFile: file, management, output });

  output.end(
    {
      Dashboard: `${config.publicUrl}/ (DASHBOARD_EMAIL and DASHBOARD_PASSWORD in ${file})`,
      API: config.publicUrl,
      Reference: `${config.publicUrl}/docs`,
      OpenAPI: `${config.publicUrl}/openapi.json`,
      Metadata: `${config.publicUrl}/.well-known/oauth-authorization-server`,
      Credentials: file,
      Data: describeDatabase(config.databaseUrl),
    },
    [
      `Your turn, in another terminal:   set -a; . ${file}; set +a`,
      "then paste the curl commands above (ACCESS_TOKEN is in the response of the first one), or move time:",
      `curl -X POST "$LATCHKEY_URL/admin/v1/dev/clock" -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY" \\`,
      `  -H 'Content-Type: application/json' -d '{"advance":"4h"}'`,
      `The same command with '{"reset":true}' sets the clock back.`,
      "",
      "To start over with an empty platform: stop it, then npm start -- --reset",
      "It keeps serving. Stop it with Ctrl-C; start again with: npm start",
    ],
  );
  release();
}

try {
  await main();
} catch (error) {
  // The server calls it DATABASE_URL.
  const reason = describeStartupError(error).replaceAll(/\bDATABASE_URL\b/g, databaseVariable);
  process.stderr.write(`latchkey: ${reason}\n`);
  process.exit(1);
}
