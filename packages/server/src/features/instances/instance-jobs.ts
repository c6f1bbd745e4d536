import { z } from "zod";
import type { ApprovalsTable, Write } from "../../infrastructure/database/index.ts";
import type { Actor, RouteAuthorization } from "../../infrastructure/management/index.ts";
import { guid } from "../../infrastructure/routes/index.ts";
import { readApp } from "../apps/index.ts";
import { type JobAction, jobAction, maxCounted } from "../jobs/index.ts";
import { countApprovals, listApprovals, scopeChange } from "./approvals/index.ts";
import type { Instance } from "./instance.ts";
import { countInstances, listInstances, readInstance } from "./instances.queries.ts";
import { instanceState } from "./instances.routes.ts";
import type { Instances } from "./instances.ts";

const owners = { appId: guid.optional(), siteId: guid.optional() };

/** Without an app or a site, a step would have to read all instances of the platform. */
const instanceFilter = z
  .strictObject({ ...owners, state: instanceState.optional() })
  .refine(({ appId, siteId }) => (appId ?? siteId) !== undefined, {
    message: "must have appId or siteId",
    params: { rule: "REQUIRED_ONE_OF_FIELD" },
  });

/** As the routes of one instance. */
const ofOwners: RouteAuthorization = { scope: "instances:write", accounts: ["site-owner"] };

/** Job actions on instances and pending approvals. One transaction changes one instance. */
export function instanceJobActions(
  instances: Pick<Instances, "approve" | "revokeTokens">,
): Readonly<Record<string, JobAction>> {
  return {
    "revoke-tokens": jobAction({
      ...ofOwners,
      accounts: ["app-developer", "site-owner"],
      portal: ["instances"],
      filter: instanceFilter,
      rowsPerStep: 1,
      count: async (db, { filter }) => bounded(await countInstances(db, filter, maxCounted + 1)),
      async find(trx, { filter, startedAt }, page) {
        const found = await listInstances(trx, { ...page, ...filter });
        const rows = found.filter(({ createdAt }) => createdAt <= startedAt);
        return { rows, continueAfter: found.at(-1)?.instanceId };
      },
      position: (instance: Instance) => instance.instanceId,
      async apply(trx, rows, { actor }) {
        for (const { instanceId } of rows) await instances.revokeTokens(trx, actor, instanceId);
        return { done: rows.length };
      },
    }),
    approve: jobAction({
      ...ofOwners,
      portal: ["apps"],
      filter: z.strictObject(owners),
      rowsPerStep: 1,
      count: async (db, { filter }) => bounded(await countApprovals(db, filter, maxCounted + 1)),
      async find(trx, { filter, startedAt }, page) {
        const found = await listApprovals(trx, { ...page, ...filter });
        const rows = found.filter((row) => row.created_at <= startedAt);
        return { rows, continueAfter: found.at(-1)?.instance_id };
      },
      position: (row: ApprovalsTable) => row.instance_id,
      async apply(trx, rows, { actor }) {
        for (const row of rows) await approveAdded(trx, actor, { instances, instanceId: row.instance_id });
        return { done: rows.length };
      },
    }),
  };
}

/** Approves what the app has added. Optional scopes that the owner declined stay declined. */
async function approveAdded(
  trx: Write,
  actor: Actor,
  { instanceId, instances }: { instanceId: string; instances: Pick<Instances, "approve"> },
): Promise<void> {
  const instance = await readInstance(trx, instanceId);
  const { scopes } = await readApp(trx, instance.appId);
  const { added, kept } = scopeChange(scopes, instance);
  const grant = [...kept, ...added].map(({ scopeId }) => scopeId);
  await instances.approve(trx, actor, { instanceId, grant });
}

function bounded(count: number): { count: number; more: boolean } {
  return { count: Math.min(count, maxCounted), more: count > maxCounted };
}
