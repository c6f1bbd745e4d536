import type { ApprovalsTable, Queries, Write } from "../../../infrastructure/database/index.ts";
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

/** One page of pending approvals, by instance. */
export async function listApprovals(
  db: Queries,
  { appId, siteId, ...page }: Page & { appId?: string | undefined; siteId?: string | undefined },
): Promise<ApprovalsTable[]> {
  let approvals = pageAfter(db.selectFrom("approvals").selectAll(), "instance_id", page);
  if (appId !== undefined) approvals = approvals.where("app_id", "=", appId);
  if (siteId !== undefined) approvals = approvals.where("site_id", "=", siteId);
  return await approvals.execute();
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
