import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createIds, deleteExpired, type JobsTable } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { createLog, createMetrics } from "../../infrastructure/observability/index.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import { AuditLog } from "../audit/index.ts";
import { jobAction } from "./job-action.ts";
import { Jobs } from "./jobs.ts";

const days = 86_400_000;
const person = { name: "account:ann", requestId: "request" };

describe.each(engines)("jobs on %s", (engine) => {
  let storage: TestDatabase;
  beforeEach(async () => {
    storage = await createTestDatabase(engine);
  });
  afterEach(() => storage.remove());

  /** What was done, as `<name>:<row>`. An error undoes what its step has done. */
  let done: string[] = [];
  /** A server process, whose action changes the rows 1 to `rows`, two in each step. */
  const startProcess = ({
    apply = () => {},
    rows = 5,
  }: {
    apply?: (row: number) => void;
    rows?: number;
  } = {}) => {
    const { clock, database } = storage;
    const ids = createIds({ clock, randomUuid: randomUUID });
    const count = jobAction({
      scope: "apps:write",
      filter: z.strictObject({ name: z.string(), appId: z.string().optional() }),
      rowsPerStep: 2,
      count: async () => ({ count: rows, more: false }),
      find: async (_trx, _selection, { after, limit }) => {
        const first = Number(after) + 1;
        const left = Math.max(0, rows + 1 - first);
        return { rows: Array.from({ length: Math.min(limit, left) }, (_, index) => first + index) };
      },
      position: String,
      async apply(_trx, found, { filter }) {
        for (const row of found) apply(row);
        done.push(...found.map((row) => `${filter.name}:${row}`));
        return { done: found.length };
      },
    });
    const log = createLog("silent");
    const audit = new AuditLog({ clock, ids });
    return new Jobs({ actions: { count }, audit, clock, database, ids, log, metrics: createMetrics() });
  };
  const create = async (jobs: Jobs, name: string, appId?: string): Promise<JobsTable> => {
    const tenant = appId === undefined ? {} : { appId };
    const counted = await jobs.count({ action: "count", filter: { name, ...tenant }, tenant });
    return await storage.database.write((trx) => jobs.create(trx, person, counted));
  };
  const read = async () =>
    await storage.database.read.selectFrom("jobs").selectAll().orderBy("job_id").execute();
  const finish = async (jobs: Jobs): Promise<void> => {
    while (await jobs.continueWork()) await storage.clock.advance(1);
  };
  beforeEach(() => {
    done = [];
  });

  test("reports its progress after each step, and ends after the last row", async () => {
    const jobs = startProcess();
    await create(jobs, "a");
    const progress: unknown[] = [];
    do {
      const [job] = await read();
      progress.push([job?.state, job?.done, job?.position]);
    } while (await jobs.continueWork());
    expect(progress).toEqual([
      ["pending", 0, ""],
      ["running", 2, "2"],
      ["running", 4, "4"],
      ["done", 5, "4"],
    ]);
    expect(done).toEqual(["a:1", "a:2", "a:3", "a:4", "a:5"]);
  });

  test("continues in another process where the last step has committed", async () => {
    const killed = startProcess({
      apply(row) {
        if (row === 4) throw new Error("killed");
      },
    });
    await create(killed, "a");
    await killed.continueWork();
    await expect(killed.continueWork()).rejects.toThrow("killed");
    expect((await read())[0]).toMatchObject({ state: "running", done: 2, position: "2", retries: 1 });
    await finish(startProcess());
    expect((await read())[0]).toMatchObject({ state: "done", done: 5, failed: 0, retries: 0 });
    expect(done).toEqual(["a:1", "a:2", "a:3", "a:4", "a:5"]);
  });

  test("changes no row after it was canceled half-way", async () => {
    const jobs = startProcess();
    const { job_id } = await create(jobs, "a");
    await jobs.continueWork();
    const canceled = await storage.database.write((trx) => jobs.cancel(trx, person, job_id));
    expect(canceled).toMatchObject({ state: "canceled", done: 2, ended_at: storage.clock.now() });
    expect(await jobs.continueWork()).toBe(false);
    expect(done).toEqual(["a:1", "a:2"]);
    const entries = await storage.database.read.selectFrom("audit").select(["action", "details"]).execute();
    expect(entries.map(({ action }) => action)).toEqual(["job.created", "job.canceled"]);
    expect(JSON.parse(entries[1]?.details ?? "")).toMatchObject({ done: 2, failed: 0, total: 5 });
  });

  test("stays as it is when it is canceled after its end", async () => {
    const jobs = startProcess();
    const { job_id } = await create(jobs, "a");
    await finish(jobs);
    const canceled = await storage.database.write((trx) => jobs.cancel(trx, person, job_id));
    expect(canceled).toEqual((await read())[0]);
    expect(canceled.state).toBe("done");
  });

  test("takes turns with the jobs of others", async () => {
    const jobs = startProcess({ rows: 3 });
    for (const name of ["a", "b"]) {
      await create(jobs, name, `app ${name}`);
      await storage.clock.advance(1);
    }
    await finish(jobs);
    expect(done).toEqual(["a:1", "a:2", "b:1", "b:2", "a:3", "b:3"]);
  });

  test("counts rows as failed whose change is refused, and continues after them", async () => {
    const jobs = startProcess({
      apply(row) {
        if (row === 3) throw new ApiError("INSTANCE_NOT_INSTALLED");
      },
    });
    await create(jobs, "a");
    await finish(jobs);
    expect((await read())[0]).toMatchObject({
      ...{ state: "done", done: 3, failed: 2, error: "INSTANCE_NOT_INSTALLED" },
    });
    expect(done).toEqual(["a:1", "a:2", "a:5"]);
  });

  test("waits while the database is unavailable", async () => {
    const jobs = startProcess({
      apply() {
        throw new ApiError("UNAVAILABLE");
      },
    });
    await create(jobs, "a");
    for (let count = 0; count < 20; count += 1) {
      await expect(jobs.continueWork()).rejects.toThrow("The database cannot be reached");
    }
    expect((await read())[0]).toMatchObject({ state: "pending", done: 0, failed: 0, retries: 0 });
  });

  test("ends as failed after ten unexpected errors in a row, which delay no other job", async () => {
    const jobs = startProcess({
      rows: 1,
      apply() {
        if (done.length === 0) throw new Error("a bug");
      },
    });
    await create(jobs, "a");
    await storage.clock.advance(1);
    for (let count = 0; count < 10; count += 1) {
      expect((await read())[0]?.state).toBe("pending");
      await expect(jobs.continueWork()).rejects.toThrow("a bug");
      await storage.clock.advance(1);
    }
    expect((await read())[0]).toMatchObject({ state: "failed", done: 0, retries: 10 });
    expect(await jobs.continueWork()).toBe(false);
  });

  test("is refused when five of its app have not ended; other apps are not affected", async () => {
    const jobs = startProcess();
    const first = await create(jobs, "a", "app a");
    for (let count = 2; count <= 5; count += 1) await create(jobs, "a", "app a");
    await expect(create(jobs, "a", "app a")).rejects.toMatchObject({
      ...{ code: "TOO_MANY_JOBS", status: 409, data: { limit: 5 } },
      message: "5 jobs have not ended, as many as allowed; wait for one, or cancel one.",
    });
    await create(jobs, "b", "app b");
    await storage.database.write((trx) => jobs.cancel(trx, person, first.job_id));
    expect((await create(jobs, "a", "app a")).slot).toBe(1);
  });

  test("is done by one process at a time", async () => {
    const [one, other] = [startProcess(), startProcess()];
    await create(one, "a");
    await Promise.all([one.continueWork(), other.continueWork()]);
    await finish(one);
    expect(done).toEqual(["a:1", "a:2", "a:3", "a:4", "a:5"]);
  });

  test("is deleted 30 days after its end", async () => {
    const jobs = startProcess();
    const { job_id } = await create(jobs, "a");
    await create(jobs, "b");
    await storage.database.write((trx) => jobs.cancel(trx, person, job_id));
    const prune = (now: number) =>
      storage.database.write((trx) => deleteExpired("jobs", now)(trx, { after: "", limit: 50 }));
    await prune(storage.clock.now() + 30 * days - 1);
    expect(await read()).toHaveLength(2);
    await prune(storage.clock.now() + 30 * days);
    expect((await read()).map(({ state }) => state)).toEqual(["pending"]);
  });
});
