import { readConfig } from "./config.ts";
import { ApiError, OperatorError } from "./errors/index.ts";
import { createPlatform } from "./platform.ts";
import { listen } from "./server.ts";
import { shutDown, stopOnSignal } from "./shutdown.ts";

/** The server as a process: configured by its environment, ended by SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const platform = await createPlatform(config);
  const server = await listen(platform, { ...config, ownsProcess: true }).catch(async (error: unknown) => {
    await platform.close();
    throw error;
  });
  stopOnSignal(() => shutDown({ platform, server }, config));
  process.stdout.write(`${JSON.stringify({ ready: true, url: config.publicUrl, port: server.port })}\n`);
}

/** What happened and why, in one line. */
function explain(error: unknown): string {
  const known = error instanceof OperatorError || error instanceof ApiError;
  const what = known ? `${error.code}: ${error.message}` : String(error);
  const cause = error instanceof Error ? error.cause : undefined;
  // Where every address of a name refuses, the error is a list without a text.
  return cause instanceof Error ? `${what} (${cause.message || (cause as { code?: unknown }).code})` : what;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`latchkey: ${explain(error)}\n`);
  process.exitCode = 1;
}
