import type { SelectQueryBuilder } from "kysely";
import type { ExtensionsTable, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Extension, toExtension } from "./extension.ts";

/** An extension by its id and the app that it belongs to. */
export interface NamedExtension {
  readonly appId: string;
  readonly extensionId: string;
}

/** Throws `EXTENSION_NOT_FOUND`. */
export async function readExtension(db: Queries, named: NamedExtension): Promise<Extension> {
  return found(await select(db, named).executeTakeFirst());
}

/** Reads an extension that nobody else changes until the transaction ends. Throws `EXTENSION_NOT_FOUND`. */
export async function lockExtension(trx: Write, named: NamedExtension): Promise<Extension> {
  return found(await select(trx, named).forUpdate().executeTakeFirst());
}

/** Extensions of an app by id, from behind `after`. */
export async function listExtensions(
  db: Queries,
  query: { appId: string; after: string; limit: number },
): Promise<Extension[]> {
  const rows = await db
    .selectFrom("extensions")
    .selectAll()
    .where("app_id", "=", query.appId)
    .where("extension_id", ">", query.after)
    .orderBy("extension_id")
    .limit(query.limit)
    .execute();
  return rows.map(toExtension);
}

const mostOfApp = 50;

/** Throws `TOO_MANY_EXTENSIONS`, and `EXTENSION_EXISTS` when the app answers for the type already. The app has to be locked. */
export async function requireRoom(
  trx: Write,
  wanted: { appId: string; componentType: string | null },
): Promise<void> {
  const others = await listExtensions(trx, { appId: wanted.appId, after: "", limit: mostOfApp });
  if (others.length === mostOfApp) throw new ApiError("TOO_MANY_EXTENSIONS");
  const { componentType } = wanted;
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

export async function moveExtension(
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
  { appId, extensionId }: NamedExtension,
): SelectQueryBuilder<Schema, "extensions", ExtensionsTable> {
  return db
    .selectFrom("extensions")
    .selectAll()
    .where("extension_id", "=", extensionId)
    .where("app_id", "=", appId);
}

function found(row: ExtensionsTable | undefined): Extension {
  if (row === undefined) throw new ApiError("EXTENSION_NOT_FOUND");
  return toExtension(row);
}
