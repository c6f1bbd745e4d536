import type { SiteWorkTable, Write } from "../../infrastructure/database/index.ts";

/** Stores the work of a site. It replaces earlier work, so that the copy of a site can be deleted before it is complete. */
export async function putSiteWork(trx: Write, work: SiteWorkTable): Promise<void> {
  await trx
    .insertInto("site_work")
    .values(work)
    .onConflict((conflict) => conflict.column("site_id").doUpdateSet(work))
    .execute();
}

/**
 * Locks the work that had no step for the longest time, and that no other process does. A copy has abandoned work when its
 * last step was before `abandonedBefore`.
 */
export async function claimSiteWork(trx: Write, abandonedBefore: number): Promise<SiteWorkTable | undefined> {
  return await trx
    .selectFrom("site_work")
    .selectAll()
    .where((is) => is.or([is("kind", "<>", "copying"), is("updated_at", "<", abandonedBefore)]))
    .orderBy("updated_at")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Sets the time of the last step. Returns false when the site has no work of this kind. */
export async function touchSiteWork(
  trx: Write,
  { kind, now, siteId }: { siteId: string; kind: SiteWorkTable["kind"]; now: number },
): Promise<boolean> {
  const result = await trx
    .updateTable("site_work")
    .set({ updated_at: now })
    .where("site_id", "=", siteId)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function deleteSiteWork(trx: Write, siteId: string): Promise<void> {
  await trx.deleteFrom("site_work").where("site_id", "=", siteId).execute();
}
