import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDirectory } from "../../../testing/test-database.ts";
import { describeError } from "../../observability/index.ts";
import { type Database, openDatabase } from "../index.ts";

const files = openTestDirectory();
const urlFile = join(files.directory, "database-url");
const role = `rotated_${randomUUID().replaceAll("-", "")}`;
let admin: pg.Client;
let database: Database;

beforeEach(async () => {
  admin = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL ?? "" });
  await admin.connect();
  await admin.query(`create role ${role} login password 'first'`);
  writeFileSync(urlFile, `${urlWith("first")}\n`);
  database = openDatabase(urlWith("first"), () => {}, urlFile);
});
afterEach(async () => {
  await database.close();
  await admin.query(`drop role ${role}`);
  await admin.end();
  await files.remove();
});

function urlWith(password: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL ?? "");
  url.username = role;
  url.password = password;
  return url.href;
}

const queries = () => {
  const query = sql<{ user: string }>`select current_user as user`;
  return Promise.allSettled([
    query.execute(database.read),
    database.write((trx) => query.execute(trx)),
    database.search("app", (db) => query.execute(db)),
    database.prepare("select current_user as user")([]),
  ]);
};
const rotate = (password: string) => admin.query(`alter role ${role} password '${password}'`);
const endConnections = () =>
  admin.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1", [role]);

test("FR-B13: new connections use the password that the file has now, and old ones go on", async () => {
  const succeed = Array(4).fill({ status: "fulfilled" });
  expect(await queries()).toMatchObject(succeed);

  await rotate("second");
  expect(await queries()).toMatchObject(succeed);

  await endConnections();
  const [failed] = (await queries()).filter((outcome) => outcome.status === "rejected");
  expect(failed?.reason).toMatchObject({ code: "UNAVAILABLE", status: 503, headers: { "retry-after": "1" } });
  await expect.poll(async () => (await queries()).map(textOf)).toEqual(Array(4).fill(refused));

  writeFileSync(urlFile, `${urlWith("second")}\n`);
  expect(await queries()).toMatchObject(succeed);

  // While the file is replaced, there may be none, or half of one.
  for (const change of [() => writeFileSync(urlFile, "post"), () => rmSync(urlFile)]) {
    change();
    await endConnections();
    await expect.poll(async () => (await queries()).map(textOf)).toEqual(Array(4).fill("fulfilled"));
  }
});

const refused =
  "The configuration is not usable. PostgreSQL refuses the user or the password of DATABASE_URL or DATABASE_URL_FILE.";

/** The text in the log. */
function textOf(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === "fulfilled") return "fulfilled";
  return (describeError(outcome.reason).cause as { text?: unknown }).text;
}
