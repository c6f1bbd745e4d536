import type { SelectQueryBuilder } from "kysely";
import type { Queries, Schema, SitesTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../infrastructure/errors/index.ts";
import { type Site, toSite } from "./site.ts";

/** Fields of a site that may change; null clears what may be absent. */
export interface SiteChanges {
  readonly name?: string | undefined;
  readonly externalId?: string | null | undefined;
  readonly locale?: string | undefined;
  readonly currency?: string | undefined;
  readonly url?: string | null | undefined;
}

/** Throws `EXTERNAL_ID_TAKEN`. */
export async function insertSite(trx: Write, site: Site): Promise<void> {
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
      deleted_at: null,
    })
    .execute();
  await inserted.catch(refuseTakenId);
}

/** Throws `SITE_NOT_FOUND`. */
export async function readSite(db: Queries, siteId: string): Promise<Site> {
  return found(await selectSite(db, siteId).executeTakeFirst());
}

/** Reads a site that nobody may change or delete until the transaction ends. Throws `SITE_NOT_FOUND`. */
export async function lockSiteShared(trx: Write, siteId: string): Promise<Site> {
  return found(await selectSite(trx, siteId).forShare().executeTakeFirst());
}

/** Reads a site that nobody else may touch until the transaction ends. Throws `SITE_NOT_FOUND`. */
export async function lockSite(trx: Write, siteId: string): Promise<Site> {
  return found(await selectSite(trx, siteId).forUpdate().executeTakeFirst());
}

/** Sites by id, from behind `after`. */
export async function listSites(
  db: Queries,
  page: { after: string; limit: number; externalId?: string | undefined },
): Promise<Site[]> {
  let select = db
    .selectFrom("sites")
    .selectAll()
    .where("deleted_at", "is", null)
    .where("site_id", ">", page.after)
    .orderBy("site_id")
    .limit(page.limit);
  if (page.externalId !== undefined) select = select.where("external_id", "=", page.externalId);
  return (await select.execute()).map(toSite);
}

/** Throws `EXTERNAL_ID_TAKEN`. */
export async function updateSite(
  trx: Write,
  siteId: string,
  change: SiteChanges & { now: number },
): Promise<void> {
  const updated = trx
    .updateTable("sites")
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.externalId === undefined ? {} : { external_id: change.externalId }),
      ...(change.locale === undefined ? {} : { locale: change.locale }),
      ...(change.currency === undefined ? {} : { currency: change.currency }),
      ...(change.url === undefined ? {} : { url: change.url }),
      updated_at: change.now,
    })
    .where("site_id", "=", siteId)
    .execute();
  await updated.catch(refuseTakenId);
}

/** Frees the external id too, so that the platform owner may use it again. */
export async function markSiteDeleted(trx: Write, siteId: string, now: number): Promise<void> {
  await trx
    .updateTable("sites")
    .set({ deleted_at: now, external_id: null })
    .where("site_id", "=", siteId)
    .execute();
}

/** Its external id is the only thing of a site that another one may have already. */
function refuseTakenId(error: unknown): never {
  throw error instanceof UniqueViolation ? new ApiError("EXTERNAL_ID_TAKEN") : error;
}

function selectSite(db: Queries, siteId: string): SelectQueryBuilder<Schema, "sites", SitesTable> {
  return db.selectFrom("sites").selectAll().where("site_id", "=", siteId).where("deleted_at", "is", null);
}

function found(row: SitesTable | undefined): Site {
  if (row === undefined) throw new ApiError("SITE_NOT_FOUND");
  return toSite(row);
}
