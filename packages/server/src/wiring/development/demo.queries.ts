import type { Write } from "../../infrastructure/database/index.ts";

/** Restores a deleted app. Returns false when there is no app with this id. */
export async function restoreApp(trx: Write, appId: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("apps")
    .set({ deleted_at: null })
    .where("app_id", "=", appId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function findSiteState(trx: Write, siteId: string): Promise<"live" | "deleted" | undefined> {
  const row = await trx
    .selectFrom("sites")
    .select("deleted_at")
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return row.deleted_at === null ? "live" : "deleted";
}

export async function restoreSite(trx: Write, siteId: string): Promise<void> {
  await trx.updateTable("sites").set({ deleted_at: null }).where("site_id", "=", siteId).execute();
}
