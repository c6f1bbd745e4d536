import { ApiError } from "@latchkey/server";
import type { Collection, StoredCollection } from "../catalog/collection.ts";
import { allProductsCollectionId } from "../catalog/product.ts";
import { storesErrors } from "../errors.ts";
import { insertRows, totalOf } from "../products.queries.ts";
import { fold, id, text } from "../query/index.ts";
import type { CollectionsTable, Queries, Write } from "../tables.ts";

/** The column that contains a collection. */
export type CollectionDocument = Pick<CollectionsTable, "document">;

export function parseCollection({ document }: CollectionDocument): StoredCollection {
  return JSON.parse(document);
}

/** Reads a collection by id or slug. Throws `COLLECTION_NOT_FOUND`. */
export async function readCollection(
  db: Queries,
  siteId: string,
  by: { id: string } | { slug: string },
): Promise<StoredCollection> {
  const [name, value] =
    "id" in by ? (["collection_id", id.read(by.id)] as const) : (["slug", text.read(by.slug)] as const);
  const row =
    value === undefined
      ? undefined
      : await db
          .selectFrom("stores_collections")
          .select("document")
          .where("site_id", "=", siteId)
          .where(name, "=", String(value))
          .executeTakeFirst();
  if (row === undefined) throw new ApiError(storesErrors.COLLECTION_NOT_FOUND);
  return parseCollection(row);
}

/** Counts the products of collections. */
export async function withCounts(
  db: Queries,
  siteId: string,
  collections: readonly StoredCollection[],
): Promise<Collection[]> {
  const ids = collections.map((collection) => collection.id);
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom("stores_product_collections")
          .select((select) => ["collection_id", select.fn.countAll<number>().as("count")])
          .where("site_id", "=", siteId)
          .where("collection_id", "in", ids)
          .groupBy("collection_id")
          .execute();
  const counts = new Map(rows.map((row) => [row.collection_id, Number(row.count)]));
  if (ids.includes(allProductsCollectionId)) {
    const { rows } = await totalOf(siteId, { includeHidden: true }).execute(db);
    counts.set(allProductsCollectionId, rows[0]?.total ?? 0);
  }
  return collections.map(({ id, media, name, ...rest }) => ({
    id,
    name,
    media,
    numberOfProducts: counts.get(id) ?? 0,
    ...rest,
  }));
}

export async function insertCollections(
  trx: Write,
  siteId: string,
  collections: readonly StoredCollection[],
): Promise<void> {
  await insertRows(
    trx,
    "stores_collections",
    collections.map((collection) => toRow(siteId, collection)),
  );
}

export async function replaceCollection(
  trx: Write,
  siteId: string,
  collection: StoredCollection,
): Promise<void> {
  const { site_id: _site, collection_id: _id, ...columns } = toRow(siteId, collection);
  await trx
    .updateTable("stores_collections")
    .set(columns)
    .where("site_id", "=", siteId)
    .where("collection_id", "=", collection.id)
    .execute();
}

/** Deletes a collection. Its products still name it. */
export async function deleteCollection(trx: Write, siteId: string, collectionId: string): Promise<void> {
  await trx
    .deleteFrom("stores_collections")
    .where("site_id", "=", siteId)
    .where("collection_id", "=", collectionId)
    .execute();
}

/** Deletes up to `limit` collections of a site that is deleted. Returns whether there were any. */
export async function deleteSomeCollections(trx: Write, siteId: string, limit: number): Promise<boolean> {
  for (const table of ["stores_deleted_collections", "stores_collections"] as const) {
    const result = await trx
      .deleteFrom(table)
      .where("site_id", "=", siteId)
      .where("collection_id", "in", (select) =>
        select
          .selectFrom(table)
          .select("collection_id")
          .where("site_id", "=", siteId)
          .orderBy("collection_id")
          .limit(limit),
      )
      .executeTakeFirst();
    if (result.numDeletedRows > 0n) return true;
  }
  return false;
}

/** Reads collections of a site by id, beginning after the id `after`. */
export async function readCollectionsAfter(
  db: Queries,
  siteId: string,
  { after, limit }: { after: string; limit: number },
): Promise<StoredCollection[]> {
  const rows = await db
    .selectFrom("stores_collections")
    .select("document")
    .where("site_id", "=", siteId)
    .where("collection_id", ">", after)
    .orderBy("collection_id")
    .limit(limit)
    .execute();
  return rows.map(parseCollection);
}

/** Returns which of the ids collections of the site have. */
export async function readExistingIds(
  db: Queries,
  siteId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom("stores_collections")
    .select("collection_id")
    .where("site_id", "=", siteId)
    .where("collection_id", "in", ids)
    .execute();
  return new Set(rows.map((row) => row.collection_id));
}

function toRow(siteId: string, collection: StoredCollection): CollectionsTable {
  return {
    site_id: siteId,
    collection_id: collection.id,
    name: collection.name,
    name_folded: fold(collection.name),
    slug: collection.slug,
    document: JSON.stringify(collection),
  };
}
