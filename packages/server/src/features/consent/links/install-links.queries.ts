import type { InstallLinksTable, Queries, Write } from "../../../infrastructure/database/index.ts";

export async function insertLink(trx: Write, link: InstallLinksTable): Promise<void> {
  await trx.insertInto("install_links").values(link).execute();
}

/** Counts the links of a site that have not expired at `now`, up to `limit`. */
export async function countLinks(
  db: Queries,
  { limit, now, siteId }: { siteId: string; now: number; limit: number },
): Promise<number> {
  const links = await db
    .selectFrom("install_links")
    .select("link_id")
    .where("site_id", "=", siteId)
    .where("expires_at", ">", now)
    .limit(limit)
    .execute();
  return links.length;
}

/** Finds the link with one of the digests, even if it was used or has expired. */
export async function findLink(
  db: Queries,
  digests: readonly string[],
): Promise<InstallLinksTable | undefined> {
  return await db.selectFrom("install_links").selectAll().where("digest", "in", digests).executeTakeFirst();
}

/** Uses up a link, unless it was used or has expired at `now`. Returns whether this call did. */
export async function useLink(
  trx: Write,
  { linkId, now, outcome }: { linkId: string; now: number; outcome: "installed" | "canceled" },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("install_links")
    .set({ outcome })
    .where("link_id", "=", linkId)
    .where("outcome", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
