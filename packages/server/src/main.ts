import { readConfig } from "./wiring/config.ts";
import { loadResources } from "./wiring/load-resources.ts";
import { createPlatform } from "./wiring/platform.ts";
import { listen } from "./wiring/server.ts";
import { shutDown, stopOnSignal } from "./wiring/shutdown.ts";
import { describeStartupError } from "./wiring/startup-error.ts";

/** The server as a process: configured by its environment, ended by SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const platform = await createPlatform(config, { resources: await loadResources(config.resources) });
  const server = await listen(platform, { ...config, ownsProcess: true }).catch(async (error: unknown) => {
    await platform.close();
    throw error;
  });
  stopOnSignal(() => shutDown({ platform, server }, config));
  process.stdout.write(`${JSON.stringify({ ready: true, url: config.publicUrl, port: server.port })}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`latchkey: ${describeStartupError(error)}\n`);
  process.exitCode = 1;
}
