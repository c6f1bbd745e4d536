import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { ApprovalsTable, Queries } from "../../../infrastructure/database/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  refuseBoundKey,
} from "../../../infrastructure/management/index.ts";
import { dottedName, guid, time } from "../../../infrastructure/routes/index.ts";
import { type App, readApp, readApps, requestedScope } from "../../apps/index.ts";
import type { Instance } from "../instance.ts";
import { readInstances } from "../instances.queries.ts";
import { approvalUrl } from "./approval-url.ts";
import { listApprovals } from "./approvals.queries.ts";
import type { Approvals } from "./approvals.ts";
import { listPreApprovals } from "./pre-approvals.queries.ts";
import { scopeChange } from "./scope-change.ts";

const tag = "Instances";

const approvalResponse = z
  .object({
    instanceId: z.guid(),
    appId: z.guid(),
    siteId: z.guid(),
    kept: z.array(requestedScope).meta({ description: "Granted, and requested" }),
    added: z
      .array(requestedScope)
      .meta({ description: "Requested, and the owner has not decided about them" }),
    dropped: z.array(dottedName).meta({
      description: "Granted, and no longer requested; they leave the grant when the owner approves",
    }),
    approvalUrl: z.url().meta({ description: "The page where the owner decides" }),
    requestedAt: time,
  })
  .meta({
    id: "Approval",
    description: "An instance whose owner has to decide about scopes that the app added",
  });

const preApprovalResponse = z
  .object({ scopeId: dottedName, createdAt: time })
  .meta({ id: "PreApproval", description: "A scope that the platform approves for all sites of an app" });

interface PendingApproval {
  readonly row: ApprovalsTable;
  readonly instance: Instance;
  readonly app: App;
}

/** Routes for pending approvals, and for approvals by the platform. */
export function approvalRoutes(
  instances: { readonly approvals: Approvals },
  publicUrl: string,
): readonly ManagementRoute[] {
  return [pendingApprovals(publicUrl), preApprovals, ...preApprovalChanges(instances)];
}

function pendingApprovals(publicUrl: string): ManagementRoute {
  return list({
    path: "/approvals",
    tag,
    operationId: "listApprovals",
    summary: "List instances whose owner has to decide about scopes that the app added",
    scope: "instances:read",
    accounts: ["app-developer", "site-owner"],
    portal: ["permissions", "apps"],
    servesBoundKeys: true,
    filters: z.strictObject({ appId: guid.optional(), siteId: guid.optional() }),
    item: approvalResponse,
    async find({ db, filters, page, principal }) {
      const { appId = principal.appId, siteId } = filters;
      return await withScopes(db, await listApprovals(db, { ...page, appId, siteId }));
    },
    position: ({ row }) => row.instance_id,
    show({ app, instance, row }) {
      const { appId, instanceId, siteId } = instance;
      const { added, dropped, kept } = scopeChange(app.scopes, instance);
      return {
        ...{ instanceId, appId, siteId },
        ...{ kept: [...kept], added: [...added], dropped: [...dropped] },
        approvalUrl: approvalUrl(publicUrl, instanceId),
        requestedAt: isoTime(row.created_at),
      };
    },
  });
}

const preApprovals = list({
  path: "/apps/{appId}/pre-approvals",
  tag,
  operationId: "listPreApprovals",
  summary: "List the scopes of an app that the platform approves for all sites",
  scope: "apps:read",
  accounts: ["app-developer"],
  portal: ["permissions"],
  item: preApprovalResponse,
  async find({ db, ids, page }) {
    await readApp(db, ids.appId);
    return await listPreApprovals(db, { ...page, appId: ids.appId });
  },
  position: (row) => row.scope_id,
  show: (row) => ({ scopeId: row.scope_id, createdAt: isoTime(row.created_at) }),
});

function preApprovalChanges(instances: { readonly approvals: Approvals }): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/apps/{appId}/pre-approvals",
      tag,
      operationId: "createPreApprovals",
      summary:
        "Approve scopes for all sites: instances get them when the app requests them, without their owners' approval",
      scope: "apps:write",
      example: { scopeIds: ["$SCOPE_ID"] },
      body: z.strictObject({ scopeIds: z.array(dottedName).min(1).max(100) }),
      async handle({ trx, actor, body, ids, principal }) {
        refuseBoundKey(principal);
        await instances.approvals.preApprove(trx, actor, { ...body, appId: ids.appId });
      },
    }),
    change({
      method: "DELETE",
      path: "/apps/{appId}/pre-approvals/{scopeId}",
      tag,
      operationId: "deletePreApproval",
      summary: "End the approval of a scope for all sites; grants stay as they are",
      scope: "apps:write",
      names: { scopeId: dottedName },
      errors: ["PRE_APPROVAL_NOT_FOUND"],
      async handle({ trx, actor, ids, principal }) {
        refuseBoundKey(principal);
        await instances.approvals.revokePreApproval(trx, actor, ids);
      },
    }),
  ];
}

/** Adds the instances and the apps of approvals. */
async function withScopes(db: Queries, rows: readonly ApprovalsTable[]): Promise<PendingApproval[]> {
  const instances = await readInstances(
    db,
    rows.map((row) => row.instance_id),
  );
  const apps = await readApps(db, [...new Set(rows.map((row) => row.app_id))]);
  return rows.flatMap((row) => {
    const instance = instances.find(({ instanceId }) => instanceId === row.instance_id);
    const app = apps.find(({ appId }) => appId === row.app_id);
    return instance === undefined || app === undefined ? [] : [{ row, instance, app }];
  });
}
