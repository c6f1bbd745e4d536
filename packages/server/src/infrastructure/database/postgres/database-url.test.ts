import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../index.ts";
import { parsePostgresUrl } from "./database-url.ts";

const real = new URL(process.env.TEST_DATABASE_URL ?? "");

describe("a form of DATABASE_URL that libpq accepts connects (FR-E10)", () => {
  let directory: string;
  const socket = createServer((client) => {
    const upstream = connect(Number(real.port), real.hostname);
    client.on("error", () => upstream.destroy()).pipe(upstream);
    upstream.on("error", () => client.destroy()).pipe(client);
  });
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "pg-"));
    await once(socket.listen(join(directory, ".s.PGSQL.5432")), "listening");
  });
  afterAll(() => {
    socket.close();
    rmSync(directory, { recursive: true });
  });

  const user = `${real.username}:${real.password}`;
  const name = real.pathname.slice(1);
  test.each([
    ["an empty host and the directory of a socket", () => `postgresql://${user}@/${name}?host=${directory}`],
    [
      "no authority, everything as a parameter",
      () =>
        `postgresql:///${name}?host=${directory}&user=${real.username}&password=${real.password}&port=5432`,
    ],
    [
      "the directory of a socket as the host",
      () => `postgres://${user}@${encodeURIComponent(directory)}/${name}`,
    ],
    ["a host that a parameter overrides", () => `postgres://${user}@nowhere/${name}?host=${directory}`],
    ["the database as a parameter", () => `postgres://${user}@${real.host}?dbname=${name}`],
    ["an escaped character in the user", () => real.href.replace("latchkey", "%6Catchkey")],
    [
      "sslmode=disable",
      () => `${real.href}?sslmode=disable&target_session_attrs=read-write&connect_timeout=10`,
    ],
  ])("%s", async (_, url) => {
    const database = openDatabase(url(), () => {});
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(database.read);
    expect(rows).toEqual([{ name }]);
    await database.close();
  });
});

const encoding =
  "has a user or password with special characters. Write them percent-encoded: % as %25, / as %2F, # as %23, ? as %3F, @ as %40.";
const hosts = "names several hosts. Name the one address that always leads to the primary.";

test.each([
  ["postgres://u:p@a,b/lk", hosts],
  ["postgres://u:p@a:5432,b:5433/lk", hosts],
  ["postgres:///lk?host=a,b", hosts],
  ["postgres://u:p@a/lk?target_session_attrs=standby", hosts],
  ["postgres://u:p/w@host/lk", encoding],
  ["postgres://u:p#w@host/lk", encoding],
  ["postgres://u:p?w@host/lk", encoding],
  ["postgres://u:100%@host/lk", encoding],
  ["postgres:///lk?service=prod", "has service, which the server does not support."],
  ["postgres://u@h/lk?passfile=/x", "has passfile, which the server does not support."],
  ["postgres://u@h/lk?hostaddr=10.0.0.1", "has hostaddr, which the server does not support."],
  [
    "postgres://u@h/lk?sslmode=prefer",
    "must have sslmode=verify-full, verify-ca, require, no-verify or disable.",
  ],
  ["postgres://u@h/lk?sslrootcert=/missing.pem", "names a file in sslrootcert that cannot be read."],
  ["mysql://h/lk", "must be postgres://user:password@host:port/database, or sqlite: and a directory."],
])("DATABASE_URL=%s is refused: it %s (FR-E10)", (url, problem) => {
  expect(parsePostgresUrl(url)).toEqual({ problem });
});

test("a password may contain @ and every escaped character (FR-E10)", () => {
  for (const password of ["p@ss", "p%40ss%2F%23%3F%25"]) {
    const parsed = parsePostgresUrl(`postgres://u:${password}@host/lk`);
    expect("url" in parsed && decodeURIComponent(parsed.url.password)).toBe(decodeURIComponent(password));
  }
});

test.each(["require", "verify-ca", "verify-full"])(
  "sslmode=%s verifies certificate and name (FR-E10)",
  (mode) => {
    const parsed = parsePostgresUrl(`postgres://u@host/lk?sslmode=${mode}&sslrootcert=system`);
    expect("url" in parsed && parsed.url.search).toBe("?sslmode=verify-full");
  },
);
