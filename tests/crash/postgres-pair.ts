import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openTcpProxy } from "@latchkey/test-support/tcp-proxy";
import pg from "pg";
import { freePort } from "../../tools/free-port.ts";
import { startPostgres } from "../../tools/postgres/start-postgres.ts";

/** A PostgreSQL server and a synchronous standby behind one address. */
export interface PostgresPair {
  /** The address of the primary, also after a failover. */
  readonly url: string;
  /** From now on the standby gets no commits, and the primary does not wait for it. */
  detachStandby(): Promise<void>;
  /** Kills the primary; the address then rejects connections. */
  killPrimary(): Promise<void>;
  /** Promotes the standby, and points the address to it. */
  promoteStandby(): Promise<void>;
  close(): Promise<void>;
}

/** Starts both. A commit is acknowledged when the standby has written it to its disk. */
export async function startPostgresPair(): Promise<PostgresPair> {
  const primary = await startPostgres({ durable: true });
  const [directory, programs] = await Promise.all([
    ask(primary.url, "select current_setting('data_directory')"),
    ask(primary.url, "select setting from pg_config where name = 'BINDIR'"),
  ]);
  const standbyDirectory = join(directory, "..", "standby");
  await primary.stop();
  execFileSync("cp", ["-a", directory, standbyDirectory]);
  await primary.start();
  const standby = await startStandby({ directory: standbyDirectory, programs, primaryUrl: primary.url });
  await query(primary.url, "alter system set synchronous_standby_names = '*'");
  await query(primary.url, "select pg_reload_conf()");
  const inSync = "select count(*) from pg_stat_replication where sync_state = 'sync'";
  while ((await ask(primary.url, inSync)) !== "1") await wait(50);
  const proxy = await openTcpProxy(new URL(primary.url));
  return {
    url: proxy.url,
    async detachStandby() {
      await query(primary.url, "alter system set synchronous_standby_names = ''");
      await query(primary.url, "select pg_reload_conf()");
      await query(standby.url, "alter system set primary_conninfo = ''");
      await query(standby.url, "select pg_reload_conf()");
      while ((await ask(primary.url, "select count(*) from pg_stat_replication")) !== "0") await wait(50);
    },
    async killPrimary() {
      await primary.stop();
      await proxy.disconnect();
    },
    async promoteStandby() {
      await query(standby.url, "select pg_promote()");
      proxy.leadTo(new URL(standby.url));
      await proxy.reconnect();
    },
    async close() {
      await proxy.close();
      await standby.stop();
      await primary.close();
    },
  };
}

async function startStandby(options: {
  directory: string;
  programs: string;
  primaryUrl: string;
}): Promise<{ url: string; stop(): Promise<void> }> {
  const { directory, primaryUrl, programs } = options;
  const { uid, gid } = statSync(directory);
  const port = await freePort();
  const url = new URL(primaryUrl);
  const source = `host=127.0.0.1 port=${url.port} user=${url.username} password=${url.password}`;
  appendFileSync(join(directory, "postgresql.auto.conf"), `primary_conninfo = '${source}'\n`);
  appendFileSync(join(directory, "standby.signal"), "");
  rmSync(join(directory, "postmaster.pid"), { force: true });
  url.port = String(port);
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `port=${port}`,
    // A standby needs at least the value of its primary.
    "max_connections=200",
  ];
  const process: ChildProcess = spawn(
    join(programs, "postgres"),
    ["-D", directory, ...settings.flatMap((setting) => ["-c", setting])],
    { cwd: directory, uid, gid, stdio: "ignore" },
  );
  const ended = once(process, "close");
  for (;;) {
    if (process.exitCode !== null) throw new Error("The standby did not start.");
    if (await ask(url.href, "select 1").catch(() => undefined)) break;
    await wait(50);
  }
  return {
    url: url.href,
    async stop() {
      process.kill("SIGQUIT");
      await ended;
    },
  };
}

async function ask(url: string, statement: string): Promise<string> {
  const [row = {}] = await query(url, statement);
  return String(Object.values(row)[0]);
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
