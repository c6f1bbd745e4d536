import { type ChildProcess, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CompiledQuery, sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { childFlags } from "../../../../../../tools/test/responses/child-process.ts";
import { createTestDatabase, openTestDirectory, type TestDatabase } from "../../../testing/test-database.ts";
import type { Queries } from "../index.ts";
import { SqliteSearchDriver } from "./search.ts";

const endlessText =
  "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*), (select count(*) from permissions) from n";
const endless = (db: Queries) => sql.raw(endlessText).execute(db);
const quick = (db: Queries) => sql`select 1`.execute(db);

describe("search processes", () => {
  let storage: TestDatabase;
  let started: ChildProcess[];
  const note = (message: unknown) => void started.push((message as { process: ChildProcess }).process);
  const living = () => started.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  beforeEach(async () => {
    storage = await createTestDatabase("sqlite");
    started = [];
    subscribe("child_process", note);
  });
  afterEach(async () => {
    unsubscribe("child_process", note);
    await storage.remove();
    expect(living()).toEqual([]);
  });

  test("start with the first search, are used again, and are never more than four", async () => {
    expect(started).toEqual([]);
    for (let run = 0; run < 3; run += 1) await storage.database.search("app", quick);
    expect(started).toHaveLength(1);
    const apps = Array.from({ length: 20 }, (_, index) => `app ${index}`);
    await Promise.all(apps.map((app) => storage.database.search(app, quick)));
    expect(living().length).toBeLessThanOrEqual(4);
  });

  test("ignore the interrupt that a terminal sends to them and to the server", async () => {
    await storage.database.search("app", quick);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) started[0]?.kill(signal);
    await storage.database.search("app", quick);
    expect(started).toHaveLength(1);
  });

  test("FR-A3: release their locks when they are stopped, so that the WAL can be truncated", async () => {
    const other = new DatabaseSync(join(storage.url.slice("sqlite:".length), "latchkey.db"));
    const writeAndEmptyLog = () => {
      other.exec(
        "insert into roles (role, permissions, created_at, updated_at) values (hex(randomblob(8)), '[]', 0, 0)",
      );
      return other.prepare("pragma wal_checkpoint(truncate)").get();
    };
    const client = new AbortController();
    const searching = storage.database.search("app", endless, client.signal).catch(({ code }) => code);
    await expect.poll(writeAndEmptyLog, { timeout: 60_000 }).toMatchObject({ busy: 1 });
    client.abort();
    expect(await searching).toBe("CLIENT_LEFT");
    expect(writeAndEmptyLog()).toEqual({ busy: 0, log: 0, checkpointed: 0 });
    other.close();
  });

  test("fail their query with 503 when they are killed, and the next query works", async () => {
    const searching = storage.database.search("app", endless).catch((error: unknown) => error);
    await storage.database.search("other", quick);
    for (const one of living()) one.kill("SIGKILL");
    expect(await searching).toMatchObject({
      ...{ code: "UNAVAILABLE", status: 503 },
      cause: { message: "The search process ended: SIGKILL." },
    });
    await expect.poll(living).toEqual([]);
    await storage.database.search("app", quick);
  });
});

test("FR-A3: the database closes while a query never ends", async () => {
  const storage = await createTestDatabase("sqlite");
  const searching = storage.database.search("app", endless).catch((error: unknown) => error);
  await storage.database.search("other", quick);
  await storage.remove();
  expect(await searching).toMatchObject({
    ...{ code: "UNAVAILABLE", status: 503, headers: { "retry-after": "1" } },
    message: "The database cannot be reached or cannot store more; try again shortly.",
  });
});

test("FR-A3: a query fails with 503 when its process cannot start", async () => {
  const { directory, remove } = openTestDirectory();
  const driver = new SqliteSearchDriver(join(directory, "absent.db"));
  const connection = await driver.acquireConnection();
  await expect(connection.executeQuery(CompiledQuery.raw("select 1"))).rejects.toMatchObject({
    ...{ code: "UNAVAILABLE", status: 503, headers: { "retry-after": "1" } },
    cause: { message: "The search process ended: 1." },
  });
  await driver.destroy();
  await remove();
});

/** A script for a separate process: starts a search process that shares its standard error. */
const server = `
  const { fork } = require("node:child_process");
  const [file, directory] = process.argv.slice(1);
  const search = fork(file, [directory], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  search.send({ sql: "select 1", parameters: [] });
  search.once("message", () => {
    search.send({ sql: process.env.QUERY, parameters: [] });
    process.stdout.write("ready");
  });`;

test.each([
  ["has nothing to do", "select 1"],
  ["runs an endless query", endlessText],
])("a process that %s ends after its server was killed", async (_, query) => {
  const storage = await createTestDatabase("sqlite");
  const file = fileURLToPath(new URL("./search-process.ts", import.meta.url));
  const database = join(storage.url.slice("sqlite:".length), "latchkey.db");
  const killed = spawn(process.execPath, ["-e", server, file, database], {
    env: { ...process.env, QUERY: query },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await once(killed.stdout, "data");
  const exited = once(killed, "exit");
  // Emitted when both processes have closed standard error.
  const closed = once(killed, "close");
  killed.stderr.resume();
  killed.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);
  await closed;
  await storage.remove();
});

test("closing waits for the search processes, although nothing else keeps the process of the server alive", async () => {
  const { directory, remove } = openTestDirectory();
  const script = `
    import { openDatabase } from ${JSON.stringify(fileURLToPath(new URL("../index.ts", import.meta.url)))};
    import { sql } from ${JSON.stringify(import.meta.resolve("kysely"))};
    const database = openDatabase(${JSON.stringify(`sqlite:${directory}`)}, () => {});
    await database.search("app", (db) => sql\`select 1\`.execute(db));
    await database.close();
    process.stdout.write("closed");`;
  const flags = [...childFlags(), "--input-type=module", "-e", script];
  const server = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  expect([await text(server.stdout), await once(server, "exit")]).toEqual(["closed", [0, null]]);
  await remove();
});
