import type { SelectQueryBuilder } from "kysely";
import type { AppsTable, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type App, type TokenFormat, toApp } from "./app.ts";

/** Fields of an app that may change. */
export interface AppChanges {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly legacy?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  readonly tokenFormat?: TokenFormat | undefined;
  readonly tokenLifetime?: number | undefined;
}

export async function insertApp(trx: Write, app: App): Promise<void> {
  await trx
    .insertInto("apps")
    .values({
      app_id: app.appId,
      name: app.name,
      gen: 1,
      scopes: JSON.stringify(app.scopes),
      legacy: app.legacy ? 1 : 0,
      enabled: app.enabled ? 1 : 0,
      token_format: app.tokenFormat,
      token_lifetime: app.tokenLifetime,
      created_at: app.createdAt,
      updated_at: app.updatedAt,
      deleted_at: null,
    })
    .execute();
}

/** Throws `APP_NOT_FOUND`. */
export async function readApp(db: Queries, appId: string): Promise<App> {
  return found(await selectApp(db, appId).executeTakeFirst());
}

/** Reads an app that nobody may change or delete until the transaction ends. Throws `APP_NOT_FOUND`. */
export async function lockAppShared(trx: Write, appId: string): Promise<App> {
  return found(await selectApp(trx, appId).forShare().executeTakeFirst());
}

/** Reads an app that nobody else may touch until the transaction ends. Throws `APP_NOT_FOUND`. */
export async function lockApp(trx: Write, appId: string): Promise<App> {
  return found(await selectApp(trx, appId).forUpdate().executeTakeFirst());
}

/** Apps by id, from behind `after`; just the one that `only` names when it is given. */
export async function listApps(
  db: Queries,
  page: { after: string; limit: number; only?: string | undefined },
): Promise<App[]> {
  let select = db
    .selectFrom("apps")
    .selectAll()
    .where("deleted_at", "is", null)
    .where("app_id", ">", page.after)
    .orderBy("app_id")
    .limit(page.limit);
  if (page.only !== undefined) select = select.where("app_id", "=", page.only);
  return (await select.execute()).map(toApp);
}

export async function updateApp(
  trx: Write,
  appId: string,
  change: AppChanges & { now: number },
): Promise<void> {
  await trx
    .updateTable("apps")
    .set({
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.scopes === undefined ? {} : { scopes: JSON.stringify(change.scopes) }),
      ...(change.legacy === undefined ? {} : { legacy: change.legacy ? 1 : 0 }),
      ...(change.enabled === undefined ? {} : { enabled: change.enabled ? 1 : 0 }),
      ...(change.tokenFormat === undefined ? {} : { token_format: change.tokenFormat }),
      ...(change.tokenLifetime === undefined ? {} : { token_lifetime: change.tokenLifetime }),
      updated_at: change.now,
    })
    .where("app_id", "=", appId)
    .execute();
}

/** Kills every token of the app. */
export async function raiseAppGeneration(trx: Write, appId: string): Promise<void> {
  await trx
    .updateTable("apps")
    .set((eb) => ({ gen: eb("gen", "+", 1) }))
    .where("app_id", "=", appId)
    .execute();
}

/** The row stays, so that its id is never used again and its tokens stay dead. */
export async function markAppDeleted(trx: Write, appId: string, now: number): Promise<void> {
  await trx
    .updateTable("apps")
    .set((eb) => ({ deleted_at: now, gen: eb("gen", "+", 1) }))
    .where("app_id", "=", appId)
    .execute();
}

function selectApp(db: Queries, appId: string): SelectQueryBuilder<Schema, "apps", AppsTable> {
  return db.selectFrom("apps").selectAll().where("app_id", "=", appId).where("deleted_at", "is", null);
}

function found(row: AppsTable | undefined): App {
  if (row === undefined) throw new ApiError("APP_NOT_FOUND");
  return toApp(row);
}
