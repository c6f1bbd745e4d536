import { resolve } from "node:path";
import { describeStartupError } from "@latchkey/server";
import { startDevServer } from "@latchkey/server/dev";
import { ensureDashboard } from "../build/dashboard.ts";
import { removeDeadWebhooks } from "./dead-webhooks.ts";
import { createOutput } from "./output.ts";
import { runWalkthrough } from "./walkthrough.ts";

/** `npm start`: starts a development server with its demo, runs the walkthrough once, and keeps serving. */
async function main(): Promise<void> {
  const json = process.argv.includes("--json");
  const output = createOutput(json);
  await ensureDashboard(resolve(import.meta.dirname, "../.."));
  const started = performance.now();
  const server = await startDevServer({
    env: { LATCHKEY_RESOURCES: "@latchkey/stores", ...process.env },
    json,
    reset: process.argv.includes("--reset"),
    report: (text) => void process.stderr.write(`${text}\n`),
  });
  const { credentialsFile, demo, facts, log, management, url } = server;
  output.title(`Latchkey is ready on ${url} (${Math.round(performance.now() - started)} ms)`);
  await removeDeadWebhooks(management, demo.appId, log);
  await runWalkthrough({ url, demo, credentialsFile, management, output });
  output.end(facts, [
    `Your turn, in another terminal:   set -a; . ${credentialsFile}; set +a`,
    "then paste the curl commands above (ACCESS_TOKEN is in the response of the first one), or move time:",
    `curl -X POST "$LATCHKEY_URL/admin/v1/dev/clock" -H "Authorization: Bearer $LATCHKEY_ADMIN_KEY" \\`,
    `  -H 'Content-Type: application/json' -d '{"advance":"4h"}'`,
    `The same command with '{"reset":true}' sets the clock back.`,
    "",
    "To start over with an empty platform: stop it, then npm start -- --reset",
    "It keeps serving. Stop it with Ctrl-C; start again with: npm start",
  ]);
  server.releaseLog();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`latchkey: ${describeStartupError(error)}\n`);
  process.exit(1);
}
