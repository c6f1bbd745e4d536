import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTestDirectory } from "../../../testing/test-database.ts";
import { createManualClock } from "../../clock/index.ts";
import { migrate, openDatabase } from "../index.ts";

test("a closed SQLite database is one file, so that a copy of it is a whole backup", async () => {
  const storage = openTestDirectory();
  try {
    const database = openDatabase(storage.databaseUrl, () => {});
    await migrate(database, createManualClock(1_767_323_045_678));
    await database.read.selectFrom("apps").selectAll().execute();
    await database.close();
    const files = readdirSync(storage.directory).filter((name) => name.startsWith("latchkey.db"));
    expect(files).toEqual(["latchkey.db"]);
  } finally {
    await storage.remove();
  }
});

test("only their owner can read SQLite files, also in a directory that others can read", async () => {
  const storage = openTestDirectory();
  chmodSync(storage.directory, 0o755);
  const modes = () =>
    Object.fromEntries(
      readdirSync(storage.directory).map((name) => [
        name,
        (statSync(join(storage.directory, name)).mode & 0o777).toString(8),
      ]),
    );
  try {
    const database = openDatabase(storage.databaseUrl, () => {});
    await migrate(database, createManualClock(1_767_323_045_678));
    const all = ["latchkey.db", "latchkey.db-shm", "latchkey.db-wal", "lock.db", "lock.pid"];
    expect(modes()).toMatchObject(Object.fromEntries(all.map((name) => [name, "600"])));
    expect(Object.values(modes())).toEqual(expect.not.arrayContaining(["644"]));
    await database.close();
  } finally {
    await storage.remove();
  }
});
