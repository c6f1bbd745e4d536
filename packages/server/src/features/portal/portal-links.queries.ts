import {
  type Database,
  type PortalLinksTable,
  prepareQuery,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";

/** The app or the site that a link is bound to. */
export type PortalOwner = { readonly appId: string } | { readonly siteId: string };

/** A link with the state of its app or site. */
export interface FoundPortalLink extends PortalLinksTable {
  readonly app_enabled: number | null;
  readonly app_deleted_at: number | null;
  readonly site_deleted_at: number | null;
}

const withOwners = (db: Queries) =>
  db
    .selectFrom("portal_links as l")
    .leftJoin("apps as a", "a.app_id", "l.app_id")
    .leftJoin("sites as s", "s.site_id", "l.site_id")
    .selectAll("l")
    .select([
      "a.enabled as app_enabled",
      "a.deleted_at as app_deleted_at",
      "s.deleted_at as site_deleted_at",
    ]);

/** Prepares a query that finds a link by its id, also when it was not used or has expired. */
export function prepareFindPortalLink(
  database: Database,
): (linkId: string) => Promise<FoundPortalLink | undefined> {
  const find = prepareQuery<FoundPortalLink, "linkId">(
    database,
    (db, parameter) => withOwners(db).where("l.link_id", "=", parameter<string>("linkId")),
    { isCached: (link) => link.used_at !== null },
  );
  return async (linkId) => (await find({ linkId }))[0];
}

export async function insertPortalLink(trx: Write, link: PortalLinksTable): Promise<void> {
  await trx.insertInto("portal_links").values(link).execute();
}

/**
 * Uses up the link with one of the digests, unless it was used or has expired at `now`: from then on, it has the digest of its
 * session. Returns it; undefined when this call did not use it up.
 */
export async function usePortalLink(
  trx: Write,
  digests: readonly string[],
  use: { sessionDigest: string; now: number; expiresAt: number },
): Promise<FoundPortalLink | undefined> {
  const used = await trx
    .updateTable("portal_links")
    .set({ digest: use.sessionDigest, used_at: use.now, expires_at: use.expiresAt })
    .where("digest", "in", digests)
    .where("used_at", "is", null)
    .where("expires_at", ">", use.now)
    .returning("link_id")
    .executeTakeFirst();
  if (used === undefined) return undefined;
  return await withOwners(trx).where("l.link_id", "=", used.link_id).executeTakeFirst();
}

/** The links of an app or a site that have not expired at `now`, up to `limit`, by their ids. */
export async function listPortalLinks(
  db: Queries,
  owner: PortalOwner,
  { limit, now }: { now: number; limit: number },
): Promise<PortalLinksTable[]> {
  const all = db.selectFrom("portal_links").selectAll().where("expires_at", ">", now);
  const links = all.orderBy("expires_at").limit(limit);
  const found = await ("appId" in owner
    ? links.where("app_id", "=", owner.appId)
    : links.where("site_id", "=", owner.siteId)
  ).execute();
  return found.sort((a, b) => (a.link_id < b.link_id ? -1 : 1));
}

/** Deletes a link, only of the app `onlyApp` if that is given. Returns it; undefined when there was none. */
export async function deletePortalLink(
  trx: Write,
  linkId: string,
  onlyApp: string | undefined,
): Promise<PortalLinksTable | undefined> {
  const links = trx.deleteFrom("portal_links").where("link_id", "=", linkId).returningAll();
  return await (onlyApp === undefined ? links : links.where("app_id", "=", onlyApp)).executeTakeFirst();
}
