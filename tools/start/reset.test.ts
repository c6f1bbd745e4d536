import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../free-port.ts";
import { childFlags } from "../test/responses/child-process.ts";

let directory: string;
let env: Record<string, string>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-reset-"));
  env = { PATH: process.env.PATH ?? "", PORT: String(await freePort()) };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What `npm start` prints until it serves, or until it ends. */
function start(...args: string[]): Promise<string> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, [...childFlags(), main, ...args], { cwd: directory, env });
  let text = "";
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (text.includes("start again with: npm start")) child.kill("SIGTERM");
      });
    }
    child.once("close", () => resolve(text));
  });
}

function open(file: string): DatabaseSync {
  return new DatabaseSync(join(directory, ".latchkey", file));
}

test("a database of an unreleased version is moved aside by --reset, whole, and an empty one takes its place", async () => {
  await start();
  const made = open("latchkey.db");
  made.exec("UPDATE migrations SET name = '0001-platform.sql', sha256 = 'another'");
  made.close();

  expect(await start()).toContain("latchkey: unreleased_database: A version of Latchkey before the first");
  const output = await start("--reset");
  const [, aside = ""] = /The old database is now \.latchkey\/(latchkey-\S+Z\.db)\n/.exec(output) ?? [];
  expect(output).toContain("Latchkey is ready on");
  expect(readdirSync(join(directory, ".latchkey"))).toEqual(expect.arrayContaining([aside, "latchkey.db"]));
  const names = [aside, "latchkey.db"].map((file) => {
    const database = open(file);
    const row = database.prepare("SELECT name, (SELECT count(*) FROM apps) AS apps FROM migrations").get();
    database.close();
    return { ...row };
  });
  expect(names).toEqual([
    { name: "0001-platform.sql", apps: 1 },
    { name: "0001-schema.sql", apps: 1 },
  ]);
});

test("--reset without a database starts with an empty one", async () => {
  const output = await start("--reset");
  expect(output).toContain("Latchkey is ready on");
  expect(output).not.toContain("The old database");
});

test("--reset leaves the database of a running server where it is", async () => {
  await start();
  const lock = open("lock.db");
  lock.exec("BEGIN EXCLUSIVE");
  expect(await start("--reset")).toContain("latchkey: data_directory_in_use: Another process is using");
  lock.close();
  expect(readdirSync(join(directory, ".latchkey")).filter((name) => /^latchkey-/.test(name))).toEqual([]);
});
