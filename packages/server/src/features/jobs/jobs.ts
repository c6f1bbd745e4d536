import {
  type Clock,
  days,
  monotonicSeconds,
  type Poller,
  pauseAfterStep,
  seconds,
  startPoller,
} from "../../infrastructure/clock/index.ts";
import {
  afterCommit,
  type Database,
  type Ids,
  type JobsTable,
  type Write,
} from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor, Owners } from "../../infrastructure/management/index.ts";
import {
  type Log,
  type Metrics,
  maintenanceFailureHandler,
  startAtZero,
} from "../../infrastructure/observability/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { JobAction, JobCount } from "./job-action.ts";
import { claimJob, endJob, insertJob, nextJob, readJob, saveProgress } from "./jobs.queries.ts";

export interface JobDependencies {
  readonly actions: Readonly<Record<string, JobAction>>;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A filter that its creator may use: with the app or the site that the creator is limited to. */
export interface AuthorizedFilter {
  readonly action: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly tenant: Owners;
}

/** A count, and the job that may follow it. */
export interface CountedJob extends AuthorizedFilter, JobCount {
  readonly jobId: string;
  readonly startedAt: number;
}

const interval = seconds(5);
/** Time between two steps, relative to the time that the first one took. */
const pauseRatio = 3;
const retention = days(30);
/** Steps in a row that may end with an unexpected error. */
const maxRetries = 10;

/** Actions on all rows that a filter selects, in the background, in transactions of limited size. */
export class Jobs {
  readonly #deps: JobDependencies;
  #poller: Poller | undefined;

  constructor(deps: JobDependencies) {
    this.#deps = deps;
  }

  get actions(): JobDependencies["actions"] {
    return this.#deps.actions;
  }

  action(name: string): JobAction {
    const action = this.actions[name];
    if (action === undefined) throw new Error(`There is no job action ${name}.`);
    return action;
  }

  /** Starts the work on jobs, which continues when one is created, and every 5 seconds. */
  start(): void {
    const { clock, metrics } = this.#deps;
    startAtZero(metrics.maintenanceFailures, "work", ["jobs"]);
    const work = async (): Promise<boolean> => {
      const start = monotonicSeconds();
      const more = await this.continueWork();
      if (more) await pauseAfterStep(start, pauseRatio);
      return more;
    };
    const onError = maintenanceFailureHandler(this.#deps, "jobs");
    this.#poller = startPoller(clock, interval, { work, onError });
  }

  async idle(): Promise<void> {
    await this.#poller?.idle();
  }

  async stop(): Promise<void> {
    await this.#poller?.stop();
  }

  /** Counts the rows that a filter selects, up to 100,000. Throws `QUERY_TOO_EXPENSIVE`. */
  async count(authorized: AuthorizedFilter): Promise<CountedJob> {
    const { clock, database, ids } = this.#deps;
    const job = { ...authorized, jobId: ids.ordered(), startedAt: clock.now() };
    const selection = { filter: job.filter, before: job.jobId, startedAt: job.startedAt };
    const { appId, siteId } = authorized.tenant;
    const counted = await database.search(appId ?? siteId ?? "", (db) =>
      this.action(job.action).count(db, selection),
    );
    return { ...job, ...counted };
  }

  /** Creates a job. Rows that are newer than its count are not changed. Throws `TOO_MANY_JOBS`. */
  async create(trx: Write, actor: Actor, job: CountedJob): Promise<JobsTable> {
    const { action, filter, tenant } = job;
    const { appId, siteId } = tenant;
    const row = {
      ...{ job_id: job.jobId, action, filter: JSON.stringify(filter), state: "pending" as const },
      ...{ app_id: appId ?? null, site_id: siteId ?? null, owner: appId ?? siteId ?? actor.name },
      ...{
        position: "",
        total: job.count,
        more: job.more ? 1 : 0,
        done: 0,
        failed: 0,
        retries: 0,
        error: null,
      },
      ...{ created_by: actor.name, request_id: actor.requestId },
      ...{ created_at: job.startedAt, updated_at: job.startedAt, ended_at: null, expires_at: null },
    };
    await insertJob(trx, row);
    await this.#record(trx, actor, { job: row, event: "created", details: { filter, total: job.count } });
    afterCommit(trx, () => this.#poller?.wake());
    return await readJob(trx, job.jobId);
  }

  /** Ends a job after the step in progress. Does nothing when it has ended. Throws `JOB_NOT_FOUND`. */
  async cancel(trx: Write, actor: Actor, jobId: string): Promise<JobsTable> {
    await this.#end(trx, actor, { jobId, state: "canceled" });
    return await readJob(trx, jobId);
  }

  /** Does one step of the job that had none for the longest time. Returns whether there was one. */
  async continueWork(): Promise<boolean> {
    const { database } = this.#deps;
    const jobId = await nextJob(database.read);
    if (jobId === undefined) return false;
    try {
      return await database.write((trx) => this.#step(trx, jobId));
    } catch (failure) {
      if (!(failure instanceof ApiError)) await database.write((trx) => this.#countFailure(trx, jobId));
      // 503: the database cannot be reached, which is no fault of the row.
      if (!(failure instanceof ApiError) || failure.status >= 500) throw failure;
      return await database.write((trx) => this.#step(trx, jobId, failure));
    }
  }

  async #step(trx: Write, jobId: string, failure?: ApiError): Promise<boolean> {
    const job = await claimJob(trx, jobId);
    if (job === undefined) return false;
    const now = this.#deps.clock.now();
    const actor = actorOf(job);
    const { done, error, found, next } = await this.action(job.action).step(trx, {
      ...{ actor, after: job.position, failure, now },
      ...{ filter: JSON.parse(job.filter), before: job.job_id, startedAt: job.created_at },
    });
    await saveProgress(trx, jobId, {
      ...{ state: "running", position: next ?? job.position, retries: 0, now },
      ...{ done: job.done + done, failed: job.failed + found - done, error: error ?? job.error },
    });
    if (next === undefined) await this.#end(trx, actor, { jobId, state: "done" });
    return true;
  }

  /** Puts a job behind the others after an unexpected error, and ends it after ten in a row. */
  async #countFailure(trx: Write, jobId: string): Promise<void> {
    const job = await claimJob(trx, jobId);
    if (job === undefined) return;
    const retries = job.retries + 1;
    await saveProgress(trx, jobId, { retries, now: this.#deps.clock.now() });
    if (retries >= maxRetries) await this.#end(trx, actorOf(job), { jobId, state: "failed" });
  }

  async #end(
    trx: Write,
    actor: Actor,
    { jobId, state }: { jobId: string; state: "done" | "canceled" | "failed" },
  ): Promise<void> {
    const now = this.#deps.clock.now();
    if (!(await endJob(trx, jobId, { state, now, expiresAt: now + retention }))) return;
    const job = await readJob(trx, jobId);
    const { done, failed, total } = job;
    await this.#record(trx, actor, { job, event: state, details: { done, failed, total } });
  }

  async #record(
    trx: Write,
    actor: Actor,
    { details, event, job }: { job: JobIds; event: string; details: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    const { action, app_id: appId, job_id: jobId, site_id: siteId } = job;
    await this.#deps.audit.append(trx, actor, {
      action: `job.${event}`,
      ...(appId === null ? {} : { appId }),
      ...(siteId === null ? {} : { siteId }),
      details: { jobId, action, ...details },
    });
  }
}

type JobIds = Pick<JobsTable, "job_id" | "action" | "app_id" | "site_id">;

/** The creator of a job: the actor of its changes in the audit log, with the request that created the job. */
function actorOf({ created_by, request_id }: JobsTable): Actor {
  return { name: created_by, requestId: request_id };
}
