import type { PreApprovalsTable, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../../infrastructure/management/index.ts";

/** Adds pre-approvals; one that exists stays as it is. */
export async function insertPreApprovals(
  trx: Write,
  { appId, now, scopeIds }: { appId: string; scopeIds: readonly string[]; now: number },
): Promise<void> {
  await trx
    .insertInto("pre_approvals")
    .values(scopeIds.map((scope_id) => ({ app_id: appId, scope_id, created_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Throws `PRE_APPROVAL_NOT_FOUND`. */
export async function deletePreApproval(
  trx: Write,
  { appId, scopeId }: { appId: string; scopeId: string },
): Promise<void> {
  const result = await trx
    .deleteFrom("pre_approvals")
    .where("app_id", "=", appId)
    .where("scope_id", "=", scopeId)
    .executeTakeFirst();
  if (result.numDeletedRows === 0n) throw new ApiError("PRE_APPROVAL_NOT_FOUND");
}

export async function deletePreApprovalsOf(trx: Write, appId: string): Promise<void> {
  await trx.deleteFrom("pre_approvals").where("app_id", "=", appId).execute();
}

/** One page of the pre-approvals of an app, by scope. */
export async function listPreApprovals(
  db: Queries,
  { appId, ...page }: Page & { appId: string },
): Promise<PreApprovalsTable[]> {
  const ofApp = db.selectFrom("pre_approvals").selectAll().where("app_id", "=", appId);
  return await pageAfter(ofApp, "scope_id", page).execute();
}

/** Which of the scopes that an app requests the platform has approved for all sites. */
export async function readPreApproved(
  trx: Write,
  { appId, scopeIds }: { appId: string; scopeIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  const rows = await trx
    .selectFrom("pre_approvals")
    .select("scope_id")
    .where("app_id", "=", appId)
    .where("scope_id", "in", ["", ...scopeIds])
    .execute();
  return new Set(rows.map((row) => row.scope_id));
}
