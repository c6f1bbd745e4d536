import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../testing/test-database.ts";
import type { Write } from "../index.ts";

describe("writes that wait for their turn", () => {
  let storage: TestDatabase;
  /** Commits, and writes that ended, in order. */
  let steps: string[];
  let diskIsBroken = false;

  beforeEach(async () => {
    storage = await createTestDatabase("sqlite");
    await storage.database.write(async () => {});
    steps = [];
    const exec = DatabaseSync.prototype.exec;
    vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, text) {
      if (text === "COMMIT") steps.push(text);
      if (text === "COMMIT" && diskIsBroken) throw new Error("The disk is broken.");
      exec.call(this, text);
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await storage.remove();
  });

  const insert = (trx: Write, jti: string) =>
    trx.insertInto("revoked_tokens").values({ jti, expires_at: 1 }).execute();
  const ended = (jti: string, write: Promise<unknown>) =>
    write.then(
      () => steps.push(jti),
      (error: unknown) => steps.push(`${jti}: ${(error as Error).message}`),
    );
  const write = (jti: string, work: (trx: Write) => Promise<unknown> = (trx) => insert(trx, jti)) =>
    ended(jti, storage.database.write(work));
  const relaxed = (jti: string) =>
    ended(
      jti,
      storage.database.writeRelaxed((trx) => insert(trx, jti)),
    );
  const stored = async () =>
    (await storage.database.read.selectFrom("revoked_tokens").select("jti").orderBy("jti").execute()).map(
      ({ jti }) => jti,
    );

  test("share a commit, and end after it", async () => {
    await Promise.all([write("a"), write("b"), write("c")]);
    expect(steps).toEqual(["COMMIT", "a", "b", "c"]);
    expect(await stored()).toEqual(["a", "b", "c"]);
  });

  test("are not seen by reads before the commit", async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: inserted, resolve: tell } = Promise.withResolvers<void>();
    const first = write("a");
    const second = write("b", async (trx) => {
      await insert(trx, "b");
      tell();
      await mayEnd;
    });
    await inserted;
    expect([await stored(), steps]).toEqual([[], []]);
    end();
    await Promise.all([first, second]);
    expect(await stored()).toEqual(["a", "b"]);
  });

  test("see what the writes before them changed", async () => {
    const count = (trx: Write) =>
      sql<{ n: number }>`select count(*) as n from revoked_tokens`
        .execute(trx)
        .then(({ rows }) => rows[0]?.n);
    const counts: unknown[] = [];
    const work = (jti: string) => async (trx: Write) => {
      counts.push(await count(trx));
      await insert(trx, jti);
    };
    await Promise.all([write("a", work("a")), write("b", work("b")), write("c", work("c"))]);
    expect(counts).toEqual([0, 1, 2]);
  });

  test("a write that throws is undone alone", async () => {
    const fail = async (trx: Write) => {
      await insert(trx, "b");
      throw new Error("changed my mind");
    };
    await Promise.all([write("a"), write("b", fail), write("c")]);
    expect(steps[0]).toBe("COMMIT");
    expect(steps.toSorted()).toEqual(["COMMIT", "COMMIT", "a", "b: changed my mind", "c"]);
    expect(await stored()).toEqual(["a", "c"]);
  });

  test("a commit that fails fails all of them, and later writes work", async () => {
    diskIsBroken = true;
    await Promise.all([write("a"), write("b"), write("c")]);
    diskIsBroken = false;
    expect(steps).toEqual(["COMMIT", ...["a", "b", "c"].map((jti) => `${jti}: The disk is broken.`)]);
    await write("d");
    expect(await stored()).toEqual(["d"]);
  });

  test("a failure for which SQLite undoes the transaction fails all of them, and later writes work", async () => {
    const undo = (trx: Write) => sql`insert or rollback into revoked_tokens values ('a', 1)`.execute(trx);
    await Promise.all([write("a"), write("b", undo), write("c")]);
    expect(steps.toSorted()).toEqual([
      "COMMIT",
      "a: A row with this key exists already.",
      "b: A row with this key exists already.",
      "c",
    ]);
    expect(await stored()).toEqual(["c"]);
  });

  test("at most 64 share a commit", async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => write(`${index}`)));
    const commits = steps.flatMap((step, index) => (step === "COMMIT" ? [index] : []));
    expect(commits.length).toBeGreaterThanOrEqual(2);
    expect(
      Math.max(...commits.slice(1).map((position, index) => position - (commits[index] ?? 0))),
    ).toBeLessThanOrEqual(65);
    expect(await stored()).toHaveLength(100);
  });

  test("a relaxed write commits by itself, after those that wait for the disk", async () => {
    await Promise.all([write("a"), write("b"), relaxed("c"), relaxed("d"), write("e")]);
    expect(steps.filter((step) => step === "COMMIT")).toHaveLength(4);
    expect(steps.filter((step) => step !== "COMMIT")).toEqual(["a", "b", "c", "d", "e"]);
  });
});
