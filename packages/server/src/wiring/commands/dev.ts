import { type DevServer, startDevServer } from "../dev-server/index.ts";
import type { Command } from "./command.ts";

/** Starts a development server in the working directory, which ends at SIGTERM or SIGINT. */
export const dev: Command = {
  summary: "Start a development server with a demo app",
  options: { reset: { type: "boolean" } },
  usage: ["--reset  Move the database aside and start with an empty one"],
  async run({ env, options, progress }) {
    const server = await startDevServer({
      ...{ env, json: options.json === true, reset: options.reset === true },
      report: progress,
    });
    server.releaseLog();
    const { credentialsFile, port, url } = server;
    return { json: { ready: true, url, port, credentialsFile }, text: textOf(server) };
  },
};

function textOf({ credentialsFile, facts, url }: DevServer): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return [
    `Latchkey is ready on ${url}`,
    "",
    ...Object.entries(facts).map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    "",
    `Your turn, in another terminal:   set -a; . ${credentialsFile}; set +a`,
    "It keeps serving. Stop it with Ctrl-C.",
  ].join("\n");
}
