import { type DevServer, shellCommands, startDevServer } from "../dev-server/index.ts";
import type { Command } from "./command.ts";

/** Starts a development server in the working directory, which ends at SIGTERM or SIGINT. */
export const dev: Command = {
  summary: "Start a development server with a demo app",
  options: { quiet: { type: "boolean" }, reset: { type: "boolean" }, state: { type: "string" } },
  usage: [
    "--quiet  Log warnings only, not each request and delivery",
    "--reset  Move the database aside and start with an empty one",
    "--state <file>  Store this state first; the database must be empty. Of latchkey state export, or of export() of the test kit",
  ],
  async run({ env, options, progress }) {
    const server = await startDevServer({
      ...{ env, json: options.json === true, quiet: options.quiet === true, reset: options.reset === true },
      state: typeof options.state === "string" ? options.state : undefined,
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
    `Your turn, in another terminal:   ${shellCommands().readCredentials(credentialsFile)}`,
    "It keeps serving. Stop it with Ctrl-C.",
  ].join("\n");
}
