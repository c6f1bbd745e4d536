import type { Queries, Write } from "../../infrastructure/database/index.ts";

/** Disables every app. Returns the ids of those that were enabled. */
export async function disableApps(trx: Write, now: number): Promise<string[]> {
  const rows = await trx
    .updateTable("apps")
    .set({ enabled: 0, updated_at: now })
    .where("enabled", "=", 1)
    .where("deleted_at", "is", null)
    .returning("app_id")
    .execute();
  return rows.map((row) => row.app_id);
}

/** Returns the ids of entries that the audit log contains. */
export async function findAuditIds(db: Queries, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom("audit").select("entry_id").where("entry_id", "in", ids).execute();
  return new Set(rows.map((row) => row.entry_id));
}

/** Deletes what is valid once: some of it was used after the backup. Sessions of portals end with their links. */
export async function deleteSingleUse(trx: Write): Promise<void> {
  for (const table of ["legacy_codes", "legacy_install_tokens", "install_links", "portal_links"] as const) {
    await trx.deleteFrom(table).execute();
  }
}
