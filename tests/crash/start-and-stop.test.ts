import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSchema } from "@latchkey/test-support/postgres-schema";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort, startFailing, startLatchkey } from "./latchkey-process.ts";

let directory: string;
let environment: Record<string, string>;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "latchkey-crash-"));
  environment = {
    LATCHKEY_ENV: "development",
    PORT: await freePort(),
    LATCHKEY_DATA_DIR: directory,
    LATCHKEY_ADMIN_KEY: randomBytes(32).toString("base64"),
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
  };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("a process that cannot serve exits with code 1 and the reason", () => {
  test("its data directory is in use", async () => {
    const holder = await startLatchkey(environment);
    expect(await startFailing({ ...environment, PORT: await freePort() })).toEqual({
      code: 1,
      stderr:
        "latchkey: data_directory_in_use: Another process is using this data directory. " +
        `${directory} is locked by another Latchkey (process ${holder.pid}). Stop it, or set LATCHKEY_DATA_DIR to ` +
        "another directory.\n",
    });
    expect((await fetch(`${holder.url}/readyz`)).status).toBe(200);
    await holder.kill("SIGKILL");
  });

  test("its port is in use, also with open connections to PostgreSQL", async () => {
    const taken = createServer().listen(Number(environment.PORT), "127.0.0.1");
    await once(taken, "listening");
    const message =
      "latchkey: cannot_listen: The server cannot listen on its address. " +
      `127.0.0.1:${environment.PORT} is in use. Stop the program that uses it, or choose another port, such as ` +
      `PORT=${Number(environment.PORT) + 1}. ` +
      `(listen EADDRINUSE: address already in use 127.0.0.1:${environment.PORT})\n`;
    expect(await startFailing(environment)).toEqual({ code: 1, stderr: message });
    const schema = await createSchema();
    expect(await startFailing({ ...environment, DATABASE_URL: schema.url })).toEqual({
      code: 1,
      stderr: message,
    });
    await schema.drop();
    taken.close();
  });

  test("PostgreSQL does not respond", async () => {
    const DATABASE_URL = `postgres://latchkey:hunter2@127.0.0.1:${await freePort()}/latchkey`;
    const { code, stderr } = await startFailing({ ...environment, DATABASE_URL });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^latchkey: UNAVAILABLE: The database cannot be reached or cannot store more; try again shortly\. \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)\n$/,
    );
    expect(stderr).not.toContain("hunter2");
  });

  test("its database file is not a database", async () => {
    writeFileSync(join(directory, "latchkey.db"), "no database ".repeat(500));
    const { code, stderr } = await startFailing(environment);
    expect([code, stderr]).toEqual([
      1,
      "latchkey: data_directory_unusable: The data directory cannot be used. " +
        `${join(directory, "latchkey.db")} cannot be opened. Let your user write there, or set LATCHKEY_DATA_DIR to ` +
        "another directory. (file is not a database)\n",
    ]);
  });

  test("its data directory is a file", async () => {
    const file = join(directory, "a file");
    writeFileSync(file, "");
    expect(await startFailing({ ...environment, LATCHKEY_DATA_DIR: file })).toEqual({
      code: 1,
      stderr:
        "latchkey: data_directory_unusable: The data directory cannot be used. Let your user write there, or set " +
        `LATCHKEY_DATA_DIR to another directory. (EEXIST: file already exists, mkdir '${file}')\n`,
    });
  });

  test("its encryption key is another one", async () => {
    await (await startLatchkey(environment)).kill("SIGTERM");
    const LATCHKEY_ENCRYPTION_KEY = randomBytes(32).toString("base64");
    const { code, stderr } = await startFailing({ ...environment, LATCHKEY_ENCRYPTION_KEY });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "latchkey: wrong_encryption_key: LATCHKEY_ENCRYPTION_KEY does not open this database. Start with the key this " +
        "database was created with; to change keys, keep it in the list until every value is resealed.\n",
    );
    expect(stderr).not.toContain(LATCHKEY_ENCRYPTION_KEY);
  });
});

test("of two concurrent starts on a new directory, one serves and one exits", async () => {
  const { LATCHKEY_ENCRYPTION_KEY, ...withoutKey } = environment;
  const outcomes = await Promise.allSettled([
    startLatchkey(withoutKey),
    startLatchkey({ ...withoutKey, PORT: await freePort() }),
  ]);
  const [served] = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const [left] = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason.message] : [],
  );
  expect(left).toMatch(/^The server did not start \(1\): latchkey: data_directory_in_use: /);
  expect((await fetch(`${served?.url}/readyz`)).status).toBe(200);
  await served?.kill("SIGKILL");
});

test("exits with code 0 at SIGTERM, and its directory is free at once after kill -9", async () => {
  expect(await (await startLatchkey(environment)).kill("SIGTERM")).toBe(0);
  expect(await (await startLatchkey(environment)).kill("SIGKILL")).toBeNull();
  expect(await (await startLatchkey(environment)).kill("SIGTERM")).toBe(0);
});

test("exits after two signals", async () => {
  const told = (await startLatchkey({ ...environment, LATCHKEY_DRAIN_DELAY: "1" })).kill("SIGTERM", "SIGINT");
  expect(await told).toBe(0);
});
