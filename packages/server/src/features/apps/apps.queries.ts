import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { AppsTable, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../infrastructure/errors/index.ts";
import { containing, type FoundPage, findOldest, type Page } from "../../infrastructure/management/index.ts";
import { type App, type AppChanges, toApp } from "./app.ts";

/** Throws `ID_TAKEN`. */
export async function insertApp(trx: Write, app: App): Promise<void> {
  const inserted = trx
    .insertInto("apps")
    .values({
      app_id: app.appId,
      name: app.name,
      gen: 1,
      scopes: JSON.stringify(app.scopes),
      legacy: jsonOrNull(app.legacy),
      post_installation_urls: JSON.stringify(app.postInstallationUrls),
      enabled: app.enabled ? 1 : 0,
      token_format: app.tokenFormat,
      token_lifetime: app.tokenLifetime,
      created_at: app.createdAt,
      updated_at: app.updatedAt,
      deleted_at: null,
    })
    .execute();
  await inserted.catch((error: unknown) => {
    throw error instanceof UniqueViolation ? new ApiError("ID_TAKEN") : error;
  });
}

/** Throws `APP_NOT_FOUND`. */
export async function readApp(db: Queries, appId: string): Promise<App> {
  return toApp(await selectApp(db, appId).executeTakeFirstOrThrow(notFound));
}

/** The apps with these ids. */
export async function readApps(db: Queries, appIds: readonly string[]): Promise<App[]> {
  return (
    await liveApps(db)
      .where("app_id", "in", ["", ...appIds])
      .execute()
  ).map(toApp);
}

/** Reads an app and prevents its change or deletion until the transaction ends. Throws `APP_NOT_FOUND`. */
export async function lockAppShared(trx: Write, appId: string): Promise<App> {
  return toApp(await selectApp(trx, appId).forShare().executeTakeFirstOrThrow(notFound));
}

/** Reads an app and locks it against every other transaction. Throws `APP_NOT_FOUND`. */
export async function lockApp(trx: Write, appId: string): Promise<App> {
  return toApp(await selectApp(trx, appId).forUpdate().executeTakeFirstOrThrow(notFound));
}

interface AppFilters {
  /** A part of the name. */
  readonly name?: string | undefined;
  readonly only?: string | undefined;
  readonly developer?: string | undefined;
}

/** One page of all apps, or only those of the account `developer`, or only the app `only`. */
export async function listApps(
  db: Queries,
  { developer, name, only }: AppFilters,
  page: Page,
): Promise<FoundPage<App>> {
  let rows = db.selectFrom("apps").selectAll();
  if (only !== undefined) rows = rows.where("app_id", "=", only);
  if (developer !== undefined) {
    const own = db.selectFrom("app_developers").select("app_id").where("account_id", "=", developer);
    rows = rows.where("app_id", "in", own);
  }
  const list = { id: "app_id", filters: {}, indexes: [] };
  const isLive = sql<SqlBool>`deleted_at is null`;
  const where = [isLive, ...(name === undefined ? [] : [containing("name", name)])];
  const found = await findOldest(db, { rows, list, filters: {}, where }, page);
  return { ...found, rows: found.rows.map(toApp) };
}

type ResolvedChanges = Omit<AppChanges, "scopes"> & { scopes?: App["scopes"] | undefined };

/** Changes the fields that are not undefined. */
export async function updateApp(
  trx: Write,
  appId: string,
  { enabled, legacy, now, postInstallationUrls, scopes, ...change }: ResolvedChanges & { now: number },
): Promise<void> {
  await trx
    .updateTable("apps")
    .set({
      name: change.name,
      scopes: scopes && JSON.stringify(scopes),
      legacy: legacy === undefined ? undefined : jsonOrNull(legacy),
      post_installation_urls: postInstallationUrls && JSON.stringify(postInstallationUrls),
      enabled: enabled === undefined ? undefined : Number(enabled),
      token_format: change.tokenFormat,
      token_lifetime: change.tokenLifetime,
      updated_at: now,
    })
    .where("app_id", "=", appId)
    .execute();
}

/** Invalidates every token of the app. */
export async function incrementAppGeneration(trx: Write, appId: string): Promise<void> {
  await trx
    .updateTable("apps")
    .set((eb) => ({ gen: eb("gen", "+", 1) }))
    .where("app_id", "=", appId)
    .execute();
}

/** Marks the row as deleted, so that the id is never used again and the tokens stay invalid. */
export async function markAppDeleted(trx: Write, appId: string, now: number): Promise<void> {
  await trx
    .updateTable("apps")
    .set((eb) => ({ deleted_at: now, gen: eb("gen", "+", 1) }))
    .where("app_id", "=", appId)
    .execute();
}

/** Counts the instances of an app that are not removed. */
export async function countInstances(db: Queries, appId: string): Promise<number> {
  const { count } = await db
    .selectFrom("instances")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("app_id", "=", appId)
    .where("state", "!=", "removed")
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether the app is installed on a site, or suspended there. */
export async function hasInstances(db: Queries, appId: string): Promise<boolean> {
  const found = await db
    .selectFrom("instances")
    .select("instance_id")
    .where("app_id", "=", appId)
    .where("state", "in", ["installed", "suspended"])
    .orderBy("app_id")
    .orderBy("state")
    .orderBy("instance_id")
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

function selectApp(db: Queries, appId: string): SelectQueryBuilder<Schema, "apps", AppsTable> {
  return liveApps(db).where("app_id", "=", appId);
}

function liveApps(db: Queries): SelectQueryBuilder<Schema, "apps", AppsTable> {
  return db.selectFrom("apps").selectAll().where("deleted_at", "is", null);
}

function jsonOrNull(value: App["legacy"]): string | null {
  return value === null ? null : JSON.stringify(value);
}

const notFound = () => new ApiError("APP_NOT_FOUND");
