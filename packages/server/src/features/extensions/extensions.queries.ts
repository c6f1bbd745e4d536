import type { SelectQueryBuilder } from "kysely";
import type { ExtensionsTable, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../infrastructure/management/index.ts";
import { type Extension, toExtension } from "./extension.ts";

export interface ExtensionKey {
  readonly appId: string;
  readonly extensionId: string;
}

/** Throws `EXTENSION_NOT_FOUND`. */
export async function readExtension(db: Queries, key: ExtensionKey): Promise<Extension> {
  return toExtension(await select(db, key).executeTakeFirstOrThrow(notFound));
}

/** Reads an extension and locks it until the transaction ends. Throws `EXTENSION_NOT_FOUND`. */
export async function lockExtension(trx: Write, key: ExtensionKey): Promise<Extension> {
  return toExtension(await select(trx, key).forUpdate().executeTakeFirstOrThrow(notFound));
}

/** One page of the extensions of an app, by id. */
export async function listExtensions(db: Queries, query: Page & { appId: string }): Promise<Extension[]> {
  const extensions = db.selectFrom("extensions").selectAll().where("app_id", "=", query.appId);
  return (await pageAfter(extensions, "extension_id", query).execute()).map(toExtension);
}

/** A page of an app. */
export interface AppPage {
  readonly extensionId: string;
  readonly kind: "IFRAME_PAGE" | "EXTERNAL_PAGE";
  readonly url: string;
}

/** The pages of apps, by app id. */
export async function listPagesOf(
  db: Queries,
  appIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AppPage[]>> {
  const rows = await db
    .selectFrom("extensions")
    .selectAll()
    .where("app_id", "in", ["", ...appIds])
    .orderBy("app_id")
    .orderBy("extension_id")
    .execute();
  const pages = new Map<string, AppPage[]>(appIds.map((appId) => [appId, []]));
  for (const { app_id, extension_id: extensionId, kind, url } of rows) {
    if (kind !== "SERVICE_PLUGIN") pages.get(app_id)?.push({ extensionId, kind, url });
  }
  return pages;
}

/** The origin of an iframe page; undefined when there is no such page. */
export async function findFrameOrigin(db: Queries, extensionId: string): Promise<string | undefined> {
  const page = await db
    .selectFrom("extensions")
    .select("url")
    .where("extension_id", "=", extensionId)
    .where("kind", "=", "IFRAME_PAGE")
    .executeTakeFirst();
  return page && new URL(page.url).origin;
}

const maxExtensions = 50;

/** Throws `TOO_MANY_EXTENSIONS`, and `EXTENSION_EXISTS` when the app implements the type already. Lock the app first. */
export async function requireExtensionQuota(
  trx: Write,
  { appId, componentType }: Pick<Extension, "appId" | "componentType">,
): Promise<void> {
  const others = await listExtensions(trx, { appId, after: "", limit: maxExtensions });
  if (others.length === maxExtensions) throw new ApiError("TOO_MANY_EXTENSIONS");
  if (componentType !== null && others.some((one) => one.componentType === componentType)) {
    throw new ApiError("EXTENSION_EXISTS");
  }
}

export async function insertExtension(trx: Write, extension: Extension): Promise<void> {
  await trx
    .insertInto("extensions")
    .values({
      extension_id: extension.extensionId,
      app_id: extension.appId,
      kind: extension.kind,
      url: extension.url,
      component_type: extension.componentType,
      created_at: extension.createdAt,
      updated_at: extension.updatedAt,
    })
    .execute();
}

export async function updateExtensionUrl(
  trx: Write,
  { extensionId, now, url }: { extensionId: string; url: string; now: number },
): Promise<void> {
  await trx
    .updateTable("extensions")
    .set({ url, updated_at: now })
    .where("extension_id", "=", extensionId)
    .execute();
}

export async function deleteExtension(trx: Write, extensionId: string): Promise<void> {
  await trx.deleteFrom("extensions").where("extension_id", "=", extensionId).execute();
}

function select(
  db: Queries,
  { appId, extensionId }: ExtensionKey,
): SelectQueryBuilder<Schema, "extensions", ExtensionsTable> {
  return db
    .selectFrom("extensions")
    .selectAll()
    .where("extension_id", "=", extensionId)
    .where("app_id", "=", appId);
}

const notFound = () => new ApiError("EXTENSION_NOT_FOUND");
