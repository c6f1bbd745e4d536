import type { JobsTable, Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
} from "../../infrastructure/management/index.ts";

/** Unfinished jobs of an owner: an app, a site, or else a creator. */
const maxUnfinished = 5;

/** Throws `TOO_MANY_JOBS` when the owner has five jobs that have not ended. */
export async function insertJob(trx: Write, row: Omit<JobsTable, "slot">): Promise<void> {
  for (let slot = 1; slot <= maxUnfinished; slot += 1) {
    const result = await trx
      .insertInto("jobs")
      .values({ ...row, slot })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (result.numInsertedOrUpdatedRows !== 0n) return;
  }
  throw new ApiError("TOO_MANY_JOBS", {
    message: `${maxUnfinished} jobs have not ended, as many as allowed; wait for one, or cancel one.`,
    data: { limit: maxUnfinished },
  });
}

/** Throws `JOB_NOT_FOUND`. */
export async function readJob(db: Queries, jobId: string): Promise<JobsTable> {
  const row = await db.selectFrom("jobs").selectAll().where("job_id", "=", jobId).executeTakeFirst();
  if (row === undefined) throw new ApiError("JOB_NOT_FOUND");
  return row;
}

const jobs: NewestFirst = {
  id: "job_id",
  filters: { appId: "app_id", siteId: "site_id", action: "action", state: "state" },
  indexes: [["appId"], ["siteId"]],
};

/** Returns jobs, newest first. */
export async function listJobs(db: Queries, filters: ListFilters, page: Page): Promise<FoundPage<JobsTable>> {
  return await findNewest(db, db.selectFrom("jobs").selectAll(), { list: jobs, filters, page });
}

/** The id of the unfinished job that had no step for the longest time. */
export async function nextJob(db: Queries): Promise<string | undefined> {
  const next = await db
    .selectFrom("jobs")
    .select("job_id")
    .where("ended_at", "is", null)
    .orderBy("updated_at")
    .orderBy("job_id")
    .limit(1)
    .executeTakeFirst();
  return next?.job_id;
}

/**
 * Locks a job until the transaction ends: this is its lease, which ends with a process that is killed. Returns undefined when
 * another process has it, or it has ended.
 */
export async function claimJob(trx: Write, jobId: string): Promise<JobsTable | undefined> {
  const job = await trx
    .selectFrom("jobs")
    .selectAll()
    .where("job_id", "=", jobId)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return job?.ended_at === null ? job : undefined;
}

type Progress = Pick<JobsTable, "state" | "position" | "done" | "failed" | "retries" | "error">;

/** Stores what a step has done, and puts the job behind the others. */
export async function saveProgress(
  trx: Write,
  jobId: string,
  { now, ...progress }: Partial<Progress> & { now: number },
): Promise<void> {
  await trx
    .updateTable("jobs")
    .set({ ...progress, updated_at: now })
    .where("job_id", "=", jobId)
    .execute();
}

/** Ends a job. Returns false when it has ended before. */
export async function endJob(
  trx: Write,
  jobId: string,
  { expiresAt, now, state }: { state: "done" | "canceled" | "failed"; now: number; expiresAt: number },
): Promise<boolean> {
  const result = await trx
    .updateTable("jobs")
    .set({ state, updated_at: now, ended_at: now, expires_at: expiresAt })
    .where("job_id", "=", jobId)
    // A condition on `ended_at` would allow PostgreSQL to read the partial index of all unfinished jobs.
    .where("state", "in", ["pending", "running"])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
