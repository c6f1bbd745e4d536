import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { Queries, Schema, SitesTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../infrastructure/errors/index.ts";
import { containing, type FoundPage, findOldest, type Page } from "../../infrastructure/management/index.ts";
import { type Site, type SiteChanges, toSite } from "./site.ts";

/**
 * Throws `EXTERNAL_ID_TAKEN`.
 *
 * @param deletedAt for a site that is not visible yet
 */
export async function insertSite(trx: Write, site: Site, deletedAt: number | null = null): Promise<void> {
  const inserted = trx
    .insertInto("sites")
    .values({
      site_id: site.siteId,
      name: site.name,
      external_id: site.externalId,
      locale: site.locale,
      currency: site.currency,
      url: site.url,
      created_at: site.createdAt,
      updated_at: site.updatedAt,
      deleted_at: deletedAt,
    })
    .execute();
  await inserted.catch(translateUniqueViolation);
}

/** Throws `ID_TAKEN` for the id of a site, also of a deleted one. */
export async function requireFreeId(trx: Write, siteId: string): Promise<void> {
  const taken = await trx
    .selectFrom("sites")
    .select("site_id")
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  if (taken !== undefined) throw new ApiError("ID_TAKEN");
}

/** Throws `SITE_NOT_FOUND`. */
export async function readSite(db: Queries, siteId: string): Promise<Site> {
  return found(await selectSite(db, siteId).executeTakeFirst());
}

/** Finds the site with the platform owner's own id. */
export async function findSite(db: Queries, externalId: string): Promise<Site | undefined> {
  const row = await db
    .selectFrom("sites")
    .selectAll()
    .where("external_id", "=", externalId)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row === undefined ? undefined : toSite(row);
}

/** Reads a site, also one that is deleted or not visible yet. Throws `SITE_NOT_FOUND`. */
export async function readAnySite(db: Queries, siteId: string): Promise<Site> {
  return found(await db.selectFrom("sites").selectAll().where("site_id", "=", siteId).executeTakeFirst());
}

/** Reads a site and prevents its change or deletion until the transaction ends. Throws `SITE_NOT_FOUND`. */
export async function lockSiteShared(trx: Write, siteId: string): Promise<Site> {
  return found(await selectSite(trx, siteId).forShare().executeTakeFirst());
}

/** Reads a site and locks it against every other transaction. Throws `SITE_NOT_FOUND`. */
export async function lockSite(trx: Write, siteId: string): Promise<Site> {
  return found(await selectSite(trx, siteId).forUpdate().executeTakeFirst());
}

interface SiteFilters {
  readonly externalId?: string | undefined;
  readonly member?: string | undefined;
  /** A part of the name. */
  readonly name?: string | undefined;
}

/** One page of all sites, or only those of the account `member`, or only the one with `externalId`. */
export async function listSites(
  db: Queries,
  { externalId, member, name }: SiteFilters,
  page: Page,
): Promise<FoundPage<Site>> {
  let rows = db.selectFrom("sites").selectAll();
  if (externalId !== undefined) rows = rows.where("external_id", "=", externalId);
  if (member !== undefined) {
    const own = db
      .selectFrom("site_members")
      .select("site_id")
      .where("account_id", "=", member)
      .where("removed_at", "is", null);
    rows = rows.where("site_id", "in", own);
  }
  const list = { id: "site_id", filters: {}, indexes: [] };
  const isLive = sql<SqlBool>`deleted_at is null`;
  const where = [isLive, ...(name === undefined ? [] : [containing("name", name)])];
  const found = await findOldest(db, { rows, list, filters: {}, where }, page);
  return { ...found, rows: found.rows.map(toSite) };
}

/** Changes the fields that are not undefined. Throws `EXTERNAL_ID_TAKEN`. */
export async function updateSite(
  trx: Write,
  siteId: string,
  { externalId, now, ...change }: SiteChanges & { now: number },
): Promise<void> {
  const updated = trx
    .updateTable("sites")
    .set({ ...change, external_id: externalId, updated_at: now })
    .where("site_id", "=", siteId)
    .execute();
  await updated.catch(translateUniqueViolation);
}

/** Marks the row as deleted, and clears the external id so that it may be used again. */
export async function markSiteDeleted(trx: Write, siteId: string, now: number): Promise<void> {
  await trx
    .updateTable("sites")
    .set({ deleted_at: now, external_id: null })
    .where("site_id", "=", siteId)
    .execute();
}

/** Makes a copy visible. */
export async function showSite(trx: Write, siteId: string): Promise<void> {
  await trx.updateTable("sites").set({ deleted_at: null }).where("site_id", "=", siteId).execute();
}

/** The external id is the only unique column besides the primary key. */
function translateUniqueViolation(error: unknown): never {
  throw error instanceof UniqueViolation ? new ApiError("EXTERNAL_ID_TAKEN") : error;
}

function selectSite(db: Queries, siteId: string): SelectQueryBuilder<Schema, "sites", SitesTable> {
  return db.selectFrom("sites").selectAll().where("site_id", "=", siteId).where("deleted_at", "is", null);
}

function found(row: SitesTable | undefined): Site {
  if (row === undefined) throw new ApiError("SITE_NOT_FOUND");
  return toSite(row);
}
