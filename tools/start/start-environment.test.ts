import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { childFlags } from "../test/responses/child-process.ts";

const serverUrl = new URL(process.env.TEST_DATABASE_URL ?? "");
const schema = `start_${randomUUID().replaceAll("-", "")}`;
const databaseUrl = new URL(serverUrl);
databaseUrl.searchParams.set("schema", schema);
let admin: pg.Client;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-start-"));
  admin = new pg.Client({ connectionString: serverUrl.href });
  await admin.connect();
  await admin.query(`create schema ${schema}`);
});
afterEach(async () => {
  await admin.query(`drop schema ${schema} cascade`);
  await admin.end();
  rmSync(directory, { recursive: true, force: true });
});

/** What `npm start` prints until it serves, or until it ends. */
async function start(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, [...childFlags(), join(import.meta.dirname, "main.ts")], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: String(await freePort()), ...env },
  });
  let text = "";
  return await new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (text.includes("start again with: npm start")) child.kill("SIGTERM");
      });
    }
    child.once("close", () => resolve(text));
  });
}

const countTables = async (): Promise<number> => {
  const { rowCount } = await admin.query("select from information_schema.tables where table_schema = $1", [
    schema,
  ]);
  return rowCount ?? 0;
};

describe("npm start", () => {
  test("FR-E6: leaves the database of DATABASE_URL alone, and says so", async () => {
    const output = await start({ DATABASE_URL: databaseUrl.href });
    expect(output).toMatch(
      /^DATABASE_URL is ignored: a development server uses SQLite, or the database that LATCHKEY_START_DATABASE_URL names\.\n/,
    );
    expect(output).toContain("\nData         SQLite in .latchkey\n");
    expect(await countTables()).toBe(0);
  });

  test("FR-E6: uses the database that LATCHKEY_START_DATABASE_URL names, and shows no password", async () => {
    const output = await start({ LATCHKEY_START_DATABASE_URL: databaseUrl.href });
    const database = serverUrl.pathname.slice(1);
    expect(output).toContain(
      `\nData         PostgreSQL at ${serverUrl.host}, database ${database}, schema ${schema}\n`,
    );
    expect(output).not.toContain("DATABASE_URL");
    if (serverUrl.password !== "") expect(output).not.toContain(serverUrl.password);
    expect(await countTables()).toBeGreaterThan(0);
  });

  test.each([
    [
      "mysql://root:hunter2@localhost/shop",
      "must be postgres://user:password@host:port/database, or sqlite: and a directory.",
    ],
    ["", "is empty; give it a value, or do not set it."],
  ])("FR-E6: names its own variable when it refuses the value %j", async (value, advice) => {
    expect(await start({ LATCHKEY_START_DATABASE_URL: value })).toBe(
      `latchkey: invalid_configuration: The configuration is not usable. LATCHKEY_START_DATABASE_URL ${advice}\n`,
    );
  });
});
