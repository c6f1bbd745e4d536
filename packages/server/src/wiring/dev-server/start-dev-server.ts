import { relative, resolve } from "node:path";
import { isoTime, minutes, parseIsoTime, systemClock } from "../../infrastructure/clock/index.ts";
import { moveDatabaseAside } from "../../infrastructure/database/index.ts";
import type { Log } from "../../infrastructure/observability/index.ts";
import { type Config, type Environment, readConfig, readStorageConfig } from "../config.ts";
import { loadResources } from "../load-resources.ts";
import { createPlatform } from "../platform.ts";
import { listen } from "../server.ts";
import { shutDown, stopOnSignal } from "../shutdown.ts";
import { type Demo, demoEnvOf, prepareDemo } from "./demo.ts";
import { readDemoEnv, writeDemoEnv } from "./demo-env.ts";
import { databaseVariable, describeDatabase, devEnvironment } from "./dev-environment.ts";
import { addKeyOf, importGivenState, readStateFile } from "./given-state.ts";
import { createHeldLog } from "./held-log.ts";
import { installedResources } from "./installed-resources.ts";
import { excludeFromProxy, proxyVariableFor } from "./local-calls.ts";
import { createManagement, type Management } from "./management.ts";
import { type ShellName, shellCommands } from "./shell-commands.ts";

export interface DevServerOptions {
  /** Environment variables, as those of the process. */
  readonly env: Environment;
  /** Whether the log is JSON, for a program. Default: false. */
  readonly json?: boolean;
  /** Whether the log has warnings only, instead of a line for each request and delivery. Default: false. */
  readonly quiet?: boolean;
  /** Whether to move the database aside first, so that the server starts with an empty one. Default: false. */
  readonly reset?: boolean;
  /** A file with the state to begin with, of the test kit or `latchkey state export`. Default: what the database has. */
  readonly state?: string | undefined;
  /** The shell for which commands are printed. Default: PowerShell on Windows, else `sh`. */
  readonly shell?: ShellName | undefined;
  /** Gets a line for people when the database was moved aside, or a variable has no effect. Default: no report. */
  readonly report?: (text: string) => void;
}

/** A development server that listens, with its demo. A signal ends the process. */
export interface DevServer {
  readonly url: string;
  readonly port: number;
  readonly demo: Demo;
  readonly management: Management;
  readonly log: Log;
  /** The file with the credentials, relative to the working directory. */
  readonly credentialsFile: string;
  /** Addresses and files of the server, by name. */
  readonly facts: Readonly<Record<string, string>>;
  /** Writes the lines of the log that waited, and from then on each line at once. */
  releaseLog(): void;
}

/**
 * Starts a development server that ends with the process: creates or repairs the demo, and writes its credentials to
 * `demo.env` in the data directory. Without `LATCHKEY_RESOURCES`, it serves the dependencies of the working directory that have
 * the keyword `latchkey-resource`. Throws `invalid_state`, `database_not_empty`, and as `readConfig`, `loadResources`,
 * `createPlatform` and `listen` do.
 *
 * @example
 * const { demo, url } = await startDevServer({ env: process.env });
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  try {
    return await start(options);
  } catch (error) {
    // The configuration calls it DATABASE_URL.
    if (error instanceof Error)
      error.message = error.message.replaceAll(/\bDATABASE_URL\b/g, databaseVariable);
    throw error;
  }
}

async function start({
  env,
  json = false,
  quiet = false,
  report = () => {},
  reset = false,
  shell,
  state: stateFile,
}: DevServerOptions): Promise<DevServer> {
  const environment = devEnvironment(env, { json, quiet });
  const state = stateFile === undefined ? undefined : readStateFile(stateFile);
  if (state && !env.LATCHKEY_ENCRYPTION_KEY) addKeyOf(state, readStorageConfig(environment).dataDirectory);
  const config = readConfig(environment);
  if (env.DATABASE_URL) {
    report(
      `DATABASE_URL is ignored: a development server uses SQLite, or the database that ${databaseVariable} names.`,
    );
  }
  const { hostname } = new URL(config.publicUrl);
  excludeFromProxy(hostname, process.env);
  if (reset) resetDatabase(config.databaseUrl, report);
  const { log, release } = createHeldLog(config);
  process.once("exit", release);
  const modules = env.LATCHKEY_RESOURCES === undefined ? installedResources(process.cwd()) : config.resources;
  const resources = await loadResources(modules);
  if (state) await importGivenState(config, state, resources);
  const platform = await createPlatform(config, { log, resources });
  const server = await listen(platform, config).catch(async (error: unknown) => {
    await platform.close();
    throw error;
  });
  stopOnSignal(() => shutDown({ platform, server }, { ...config, graceMs: 1_000 }), platform.failure);

  const file = resolve(config.dataDirectory, "demo.env");
  const management = createManagement(config.publicUrl, config.adminKey);
  const demo = await prepareDemo({ management, url: config.publicUrl }, readDemoEnv(file));
  writeDemoEnv(file, demoEnvOf(demo, { adminKey: config.adminKey, url: config.publicUrl }));
  const credentialsFile = relative(process.cwd(), file);
  return {
    ...{ url: config.publicUrl, port: server.port, demo, management, log, credentialsFile },
    facts: {
      ...factsOf(config, credentialsFile),
      Clock: await describeClock(management),
      ...proxyFact(env, hostname, shell),
    },
    releaseLog: release,
  };
}

function resetDatabase(databaseUrl: string, report: (text: string) => void): void {
  const time = isoTime(systemClock.now()).replaceAll(":", "-");
  const aside = moveDatabaseAside(databaseUrl, time);
  if (aside !== undefined) report(`The old database is now ${relative(process.cwd(), aside)}`);
}

function factsOf({ databaseUrl, publicUrl }: Config, credentialsFile: string): Record<string, string> {
  return {
    Dashboard: `${publicUrl}/ (DASHBOARD_EMAIL and DASHBOARD_PASSWORD in ${credentialsFile})`,
    API: publicUrl,
    Reference: `${publicUrl}/docs`,
    OpenAPI: `${publicUrl}/openapi.json`,
    Metadata: `${publicUrl}/.well-known/oauth-authorization-server`,
    Credentials: credentialsFile,
    Data: describeDatabase(databaseUrl),
  };
}

/** The clock of a server that starts has the time of the machine; rows of an earlier run may have later times. */
async function describeClock(management: Management): Promise<string> {
  const path = "/deliveries?limit=1";
  const { items } = await management.call<{ items: readonly { createdAt: string }[] }>("GET", path);
  const newest = items[0]?.createdAt ?? "";
  const isLater = (parseIsoTime(newest) ?? 0) > systemClock.now() + minutes(1);
  const earlier = isLater ? `; an earlier run moved it, so some deliveries are dated up to ${newest}` : "";
  return `the time of this machine${earlier}`;
}

/** What to do when the shell has a proxy, through which requests of programs would leave the machine. */
function proxyFact(env: Environment, hostname: string, shell: ShellName | undefined): Record<string, string> {
  const variable = proxyVariableFor(hostname, env);
  if (variable === undefined) return {};
  const command = shellCommands(shell).excludeFromProxy(hostname);
  return { Proxy: `${variable} is set. Keep requests to ${hostname} out of it: ${command}` };
}
