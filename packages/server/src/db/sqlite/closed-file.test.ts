import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { createManualClock } from "../../clock/index.ts";
import { openTestDirectory } from "../../testing/test-database.ts";
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
