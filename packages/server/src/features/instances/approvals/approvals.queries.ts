import type { SelectQueryBuilder } from "kysely";
import type { ApprovalsTable, Queries, Schema, Write } from "../../../infrastructure/database/index.ts";
import { type Page, pageAfter } from "../../../infrastructure/management/index.ts";

/** Marks the instances of an app to be compared with the scopes that it requests, from the first one. */
export async function putScopeChange(trx: Write, appId: string, now: number): Promise<void> {
  const work = { app_id: appId, position: "", updated_at: now };
  await trx
    .insertInto("scope_changes")
    .values(work)
    .onConflict((conflict) => conflict.column("app_id").doUpdateSet(work))
    .execute();
}

/** The app whose instances were compared the longest time ago. */
export async function nextScopeChange(db: Queries): Promise<string | undefined> {
  const next = await db
    .selectFrom("scope_changes")
    .select("app_id")
    .orderBy("updated_at")
    .limit(1)
    .executeTakeFirst();
  return next?.app_id;
}

/** Locks the work of an app, and returns its position; undefined when there is none, or another process does it. */
export async function claimScopeChange(trx: Write, appId: string): Promise<string | undefined> {
  const claimed = await trx
    .selectFrom("scope_changes")
    .select("position")
    .where("app_id", "=", appId)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return claimed?.position;
}

export async function moveScopeChange(
  trx: Write,
  { appId, now, position }: { appId: string; position: string; now: number },
): Promise<void> {
  await trx
    .updateTable("scope_changes")
    .set({ position, updated_at: now })
    .where("app_id", "=", appId)
    .execute();
}

export async function deleteScopeChange(trx: Write, appId: string): Promise<void> {
  await trx.deleteFrom("scope_changes").where("app_id", "=", appId).execute();
}

/** Filters of pending approvals. */
export interface ApprovalFilters {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
}

/** One page of pending approvals, by instance. */
export async function listApprovals(db: Queries, page: Page & ApprovalFilters): Promise<ApprovalsTable[]> {
  return await pageOfApprovals(db, page).execute();
}

/** Number of pending approvals, counted up to `max`. */
export async function countApprovals(db: Queries, filters: ApprovalFilters, max: number): Promise<number> {
  const counted = pageOfApprovals(db, { ...filters, after: "", limit: max });
  const { count } = await db
    .selectFrom(counted.as("counted"))
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

function pageOfApprovals(
  db: Queries,
  { appId, siteId, ...page }: Page & ApprovalFilters,
): SelectQueryBuilder<Schema, "approvals", ApprovalsTable> {
  let approvals = pageAfter(db.selectFrom("approvals").selectAll(), "instance_id", page);
  if (appId !== undefined) approvals = approvals.where("app_id", "=", appId);
  if (siteId !== undefined) approvals = approvals.where("site_id", "=", siteId);
  return approvals;
}

/** The ids of scopes that owners are asked about, by instance. */
export async function readAsked(
  trx: Write,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await trx
    .selectFrom("approvals")
    .select(["instance_id", "added_scopes"])
    .where("instance_id", "in", instanceIds)
    .execute();
  return new Map(rows.map((row) => [row.instance_id, JSON.parse(row.added_scopes)]));
}

export async function putApprovals(trx: Write, approvals: readonly ApprovalsTable[]): Promise<void> {
  if (approvals.length === 0) return;
  await trx
    .insertInto("approvals")
    .values([...approvals])
    .onConflict((conflict) =>
      conflict
        .column("instance_id")
        .doUpdateSet((row) => ({ added_scopes: row.ref("excluded.added_scopes") })),
    )
    .execute();
}

export async function deleteApprovals(trx: Write, instanceIds: readonly string[]): Promise<void> {
  if (instanceIds.length === 0) return;
  await trx.deleteFrom("approvals").where("instance_id", "in", instanceIds).execute();
}
