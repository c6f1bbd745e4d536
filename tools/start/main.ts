import { resolve } from "node:path";
import { describeStartupError } from "@latchkey/server";
import { shellCommands, startDevServer } from "@latchkey/server/dev";
import { ensureDashboard } from "../build/dashboard.ts";
import { removeDeadWebhooks } from "./dead-webhooks.ts";
import { readOptions, type StartOptions, usage } from "./options.ts";
import { createOutput } from "./output.ts";
import { runWalkthrough } from "./walkthrough.ts";

/** `npm start`: starts a development server with its demo, runs the walkthrough once, and keeps serving. */
async function main({ json, quiet, reset, shell }: StartOptions): Promise<void> {
  const output = createOutput({ json, quiet });
  const report = (text: string): void => void process.stderr.write(`${text}\n`);
  await ensureDashboard(resolve(import.meta.dirname, "../.."), () => report("Building the dashboard ..."));
  const started = performance.now();
  const env = { LATCHKEY_RESOURCES: "@latchkey/stores", ...process.env };
  const server = await startDevServer({ env, json, quiet, report, reset, shell });
  output.title(`Latchkey is ready on ${server.url} (${Math.round(performance.now() - started)} ms)`);
  await removeDeadWebhooks(server.management, server.demo.appId, server.log);
  const commands = shellCommands(shell);
  await runWalkthrough({ ...server, commands, output });
  output.end(server.facts, [
    `Your turn, in another terminal:   ${commands.readCredentials(server.credentialsFile)}`,
    `then paste the ${commands.client} commands above (${commands.accessToken}), or move time:`,
    ...commands.advanceClock.split("\n"),
    `The same command with '{"reset":true}' sets the clock back, as the next start does.`,
    "",
    "To start over with an empty platform: stop it, then npm start -- --reset",
    "It keeps serving. Stop it with Ctrl-C; start again with: npm start",
  ]);
  server.releaseLog();
}

function options(): StartOptions {
  try {
    const read = readOptions(process.argv.slice(2));
    if (read !== undefined) return read;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

try {
  await main(options());
} catch (error) {
  process.stderr.write(`latchkey: ${describeStartupError(error)}\n`);
  process.exit(1);
}
