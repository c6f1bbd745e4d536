import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { systemClock } from "../clock/index.ts";
import { measureSearches, type Queries } from "./index.ts";

describe.each(engines)("the time of searches on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
  });
  afterEach(() => storage.remove());

  /** A search that takes at least 30 ms. */
  const slow = async (db: Queries) => {
    const end = performance.now() + 30;
    while (performance.now() < end) await sql`select 1`.execute(db);
  };

  test("is the time that the searches of some work have run, not that of other work", async () => {
    const times: Record<string, number> = {};
    const searching = (name: string, count: number) =>
      measureSearches(
        systemClock,
        async () => {
          for (let run = 0; run < count; run += 1) await storage.database.search(name, slow);
        },
        (ms) => {
          times[name] = ms;
        },
      );
    await Promise.all([searching("two", 2), searching("none", 0)]);
    expect(times.two).toBeGreaterThanOrEqual(58);
    expect(times.none).toBe(0);
  });

  test("is known for a search that fails", async () => {
    let used = 0;
    const failing = measureSearches(
      systemClock,
      () =>
        storage.database.search("app", async (db) => {
          await slow(db);
          throw new Error("failed");
        }),
      (ms) => {
        used = ms;
      },
    );
    await expect(failing).rejects.toThrow("failed");
    expect(used).toBeGreaterThanOrEqual(29);
  });
});
