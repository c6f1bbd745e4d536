import { readConfig } from "../config.ts";
import { loadResources } from "../load-resources.ts";
import { createPlatform } from "../platform.ts";
import { listen } from "../server.ts";
import { shutDown, stopOnSignal } from "../shutdown.ts";
import type { Command } from "./command.ts";

/** Starts the server, which ends at SIGTERM or SIGINT. */
export const serve: Command = {
  summary: "Start the server",
  options: {},
  usage: [],
  async run({ env }) {
    const config = readConfig(env);
    const platform = await createPlatform(config, { resources: await loadResources(config.resources) });
    const server = await listen(platform, { ...config, ownsProcess: true }).catch(async (error: unknown) => {
      await platform.close();
      throw error;
    });
    stopOnSignal(() => shutDown({ platform, server }, config), platform.failure);
    const json = { ready: true, url: config.publicUrl, port: server.port };
    return { json, text: JSON.stringify(json) };
  },
};
