import { expect } from "vitest";
import { claimJob, endJob, nextJob, saveProgress } from "../../features/jobs/jobs.queries.ts";
import { deliveryJobActions } from "../../features/webhooks/index.ts";
import { type FilledDatabase, filledIds } from "./filled-database.ts";
import { type PlanCase, rolledBack } from "./webhook-cases.ts";

const actions = deliveryJobActions({ wake() {} });
const actor = { name: "admin", requestId: "" };

/** Does two steps of a job. @param found rows of the first one; absent when other cases change it */
function steps(action: string, filter: object, found?: number): PlanCase {
  return {
    name: `two steps of a ${action} with ${Object.keys(filter).join(" and ")}`,
    rows: 5_100,
    run: (storage: FilledDatabase) =>
      rolledBack(storage, async (trx) => {
        const job = { actor, before: "ffffffff", filter, now: storage.now, startedAt: storage.now };
        const first = await actions[action]?.step(trx, { ...job, after: "" });
        if (found !== undefined) expect(first?.found).toBe(found);
        await actions[action]?.step(trx, { ...job, after: first?.next ?? "" });
      }),
  };
}

const [due, appId] = [filledIds.webhook(1), filledIds.webhook(2)];

/** The queries of jobs that run for each step. */
export const jobCases: readonly PlanCase[] = [
  {
    name: "finding, claiming and ending the next job",
    run: (storage) =>
      rolledBack(storage, async (trx) => {
        const jobId = (await nextJob(trx)) ?? "";
        const { now } = storage;
        expect((await claimJob(trx, jobId))?.state).toBe("pending");
        await saveProgress(trx, jobId, { state: "running", now });
        expect(await endJob(trx, jobId, { state: "done", now, expiresAt: now })).toBe(true);
        expect(await endJob(trx, jobId, { state: "done", now, expiresAt: now })).toBe(false);
      }),
    indexes: { jobs: ["jobs_by_turn", "jobs_pkey"] },
  },
  steps("resend", { appId }, 200),
  steps("resend", { appId, httpStatus: "500" }, 0),
  steps("resend", { appId, status: "failed" }),
  steps("resend", { appId, status: "pending" }),
  steps("resend", { eventType: "other" }, 0),
  steps("cancel", { webhookId: due }, 200),
  steps("replay", { webhookId: due }, 200),
  steps("replay", { webhookId: filledIds.webhook(7), statuses: ["failed"], fromSequence: 1 }, 0),
];
