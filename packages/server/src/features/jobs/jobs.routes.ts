import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Database, JobsTable } from "../../infrastructure/database/index.ts";
import { ApiError, type ApiErrorCode } from "../../infrastructure/errors/index.ts";
import {
  action,
  authorizeFilter,
  change,
  list,
  type ManagementRoute,
  type ObjectIds,
  type Principal,
  read,
  requireOwnApp,
} from "../../infrastructure/management/index.ts";
import { type AccountRule, guid, type PortalPage, parse, time } from "../../infrastructure/routes/index.ts";
import { listJobs, readJob } from "./jobs.queries.ts";
import type { AuthorizedFilter, Jobs } from "./jobs.ts";

export interface JobRouteDependencies {
  readonly database: Database;
  readonly jobs: Jobs;
}

const tag = "Jobs";
const owners: readonly AccountRule[] = ["app-developer", "site-owner"];
/** Pages of portals that have jobs. Which jobs each of them creates is declared by the actions. */
const pages: readonly PortalPage[] = ["webhooks", "instances", "apps"];

const state = z.enum(["pending", "running", "done", "canceled", "failed"]).meta({
  description:
    "done: no row is left. failed: the server ended the job after ten unexpected errors in a row; its log has them",
});

const jobResponse = z
  .object({
    jobId: z.guid(),
    action: z.string(),
    filter: z
      .record(z.string(), z.unknown())
      .meta({ description: "With the app or the site that its creator is limited to" }),
    state,
    total: z.int().meta({ description: "Rows that the filter selected at the start" }),
    more: z.boolean().meta({ description: "Whether `total` is a lower bound" }),
    done: z.int().meta({ description: "Changed rows" }),
    failed: z.int().meta({
      description: "Rows that could not be changed, for example because they changed meanwhile",
    }),
    error: z.string().nullable().meta({ description: "Error code of the last row that failed" }),
    appId: z.guid().nullable().meta({ description: "The app that the creator is limited to" }),
    siteId: z.guid().nullable().meta({ description: "The site that the creator is limited to" }),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "Job", description: "An action on every row that a filter selects" });

const countResponse = z
  .object({
    count: z.int(),
    more: z.boolean().meta({
      description: "Whether the count is a lower bound, because more than 100,000 rows had to be read",
    }),
  })
  .meta({ id: "JobCount", description: "The rows that a filter selects now" });

/** Routes of jobs. */
export function jobRoutes(dependencies: JobRouteDependencies): readonly ManagementRoute[] {
  return [...creatingRoutes(dependencies), ...existingRoutes(dependencies)];
}

/** Routes that count the rows of a filter, and create a job for them. */
function creatingRoutes({ database, jobs }: JobRouteDependencies): readonly ManagementRoute[] {
  const request = requestOf(jobs);
  const example = { action: "resend", filter: { appId: "$APP_ID", status: "failed" } };
  const authorized = (principal: Principal, body: JobRequest): Promise<AuthorizedFilter> =>
    authorizeRequest(principal, body, { database, jobs });
  return [
    action({
      path: "/jobs/count",
      tag,
      operationId: "countForJob",
      summary: "Count the rows that a job would change",
      scope: "jobs:write",
      accounts: ["account"],
      portal: pages,
      servesBoundKeys: true,
      errors: filterErrors,
      example,
      body: request,
      response: countResponse,
      async handle({ body, principal }) {
        const { count, more } = await jobs.count(await authorized(principal, body));
        return { count, more };
      },
    }),
    change({
      method: "POST",
      path: "/jobs",
      tag,
      operationId: "createJob",
      summary: "Start an action on every row that a filter selects; count them first",
      scope: "jobs:write",
      accounts: ["account"],
      portal: pages,
      servesBoundKeys: true,
      errors: [...filterErrors, "JOB_COUNT_CHANGED", "TOO_MANY_JOBS"],
      example: { ...example, confirmCount: 0 },
      body: request.extend({
        confirmCount: z.int().min(0).meta({ description: "The count that the caller has seen" }),
      }),
      response: jobResponse,
      prepare: async (body, principal) => await jobs.count(await authorized(principal, body)),
      async handle({ trx, actor, body, prepared }) {
        const { count, more } = prepared;
        if (count !== body.confirmCount) throw new ApiError("JOB_COUNT_CHANGED", { data: { count, more } });
        return showJob(await jobs.create(trx, actor, prepared));
      },
    }),
  ];
}

/** Routes that list, read and cancel jobs. */
function existingRoutes({ database, jobs }: JobRouteDependencies): readonly ManagementRoute[] {
  const readOwn = async (principal: Principal, jobId: string): Promise<JobsTable> => {
    const job = await readJob(database.read, jobId);
    requireOwnApp(principal, job.app_id, "JOB_NOT_FOUND");
    return job;
  };
  return [
    list({
      path: "/jobs",
      tag,
      operationId: "listJobs",
      summary: "List jobs, newest first; ended ones are kept for 30 days",
      scope: "jobs:read",
      accounts: owners,
      portal: pages,
      servesBoundKeys: true,
      filters: z.strictObject({
        appId: guid.optional(),
        siteId: guid.optional(),
        action: z.enum(Object.keys(jobs.actions)).optional(),
        state: state.optional(),
      }),
      item: jobResponse,
      find: ({ db, filters, page, principal }) =>
        listJobs(db, { ...filters, appId: filters.appId ?? principal.appId }, page),
      position: (job) => job.job_id,
      show: showJob,
    }),
    read({
      path: "/jobs/{jobId}",
      tag,
      operationId: "getJob",
      summary: "Read a job and its progress",
      scope: "jobs:read",
      accounts: owners,
      portal: pages,
      servesBoundKeys: true,
      errors: ["JOB_NOT_FOUND"],
      response: jobResponse,
      handle: async ({ ids, principal }) => showJob(await readOwn(principal, ids.jobId)),
    }),
    change({
      method: "POST",
      path: "/jobs/{jobId}/cancel",
      tag,
      operationId: "cancelJob",
      summary: "Cancel a job; what it has done stays done. A job that has ended stays as it is",
      scope: "jobs:write",
      accounts: owners,
      portal: pages,
      servesBoundKeys: true,
      errors: ["JOB_NOT_FOUND"],
      response: jobResponse,
      async prepare(_body, principal, { ids }) {
        await readOwn(principal, ids.jobId);
      },
      handle: async ({ trx, actor, ids }) => showJob(await jobs.cancel(trx, actor, ids.jobId)),
    }),
  ];
}

const filterErrors: readonly ApiErrorCode[] = [
  ...(["APP_NOT_FOUND", "SITE_NOT_FOUND", "INSTANCE_NOT_FOUND"] as const),
  ...(["QUERY_TOO_EXPENSIVE", "RESOURCE_EXHAUSTED"] as const),
];

interface JobRequest {
  readonly action: string;
  readonly filter: Readonly<Record<string, unknown>>;
}

function requestOf(jobs: Jobs) {
  const fields = Object.entries(jobs.actions).map(
    ([name, { filter }]) => `${name}: ${Object.keys(filter.shape).join(", ")}`,
  );
  return z.strictObject({
    action: z.enum(Object.keys(jobs.actions)),
    filter: z.record(z.string(), z.unknown()).meta({
      description: `Values are as in the list that the action concerns. The fields of each action: ${fields.join("; ")}`,
    }),
  });
}

/** Checks the filter, and authorizes the caller for its rows as the action on one row does. */
async function authorizeRequest(
  principal: Principal,
  { action: name, filter: given }: JobRequest,
  { database, jobs }: JobRouteDependencies,
): Promise<AuthorizedFilter> {
  const route = jobs.action(name);
  const { filter } = parse(z.object({ filter: route.filter }), { filter: given }, "body");
  const tenant = await authorizeFilter(database.read, principal, { route, filters: filter as ObjectIds });
  return { action: name, filter: { ...given, ...tenant }, tenant };
}

function showJob(job: JobsTable): z.input<typeof jobResponse> {
  return {
    jobId: job.job_id,
    action: job.action,
    filter: JSON.parse(job.filter),
    state: job.state,
    total: job.total,
    more: job.more === 1,
    done: job.done,
    failed: job.failed,
    error: job.error,
    appId: job.app_id,
    siteId: job.site_id,
    createdBy: job.created_by,
    createdAt: isoTime(job.created_at),
    updatedAt: isoTime(job.updated_at),
    endedAt: job.ended_at === null ? null : isoTime(job.ended_at),
  };
}
