import type { SelectQueryBuilder } from "kysely";
import type { InstancesTable, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Instance, toInstance } from "./instance.ts";

/** Throws `INSTANCE_NOT_FOUND`. */
export async function readInstance(db: Queries, instanceId: string): Promise<Instance> {
  return found(await selectInstance(db, instanceId).executeTakeFirst());
}

/** Reads an instance that nobody else may touch until the transaction ends. Throws `INSTANCE_NOT_FOUND`. */
export async function lockInstance(trx: Write, instanceId: string): Promise<Instance> {
  return found(await selectInstance(trx, instanceId).forUpdate().executeTakeFirst());
}

export async function findInstanceOn(
  db: Queries,
  place: { appId: string; siteId: string },
): Promise<Instance | undefined> {
  const row = await db
    .selectFrom("instances")
    .selectAll()
    .where("app_id", "=", place.appId)
    .where("site_id", "=", place.siteId)
    .executeTakeFirst();
  return row === undefined ? undefined : toInstance(row);
}

/** Instances of a site or of an app by id, from behind `after`. */
export async function listInstances(
  db: Queries,
  query: {
    siteId?: string;
    appId?: string;
    state?: Instance["state"] | undefined;
    after: string;
    limit: number;
  },
): Promise<Instance[]> {
  let select = db
    .selectFrom("instances")
    .selectAll()
    .where("instance_id", ">", query.after)
    .orderBy("instance_id")
    .limit(query.limit);
  if (query.siteId !== undefined) select = select.where("site_id", "=", query.siteId);
  if (query.appId !== undefined) select = select.where("app_id", "=", query.appId);
  if (query.state !== undefined) select = select.where("state", "=", query.state);
  return (await select.execute()).map(toInstance);
}

/** @returns false when the app has an instance on the site already */
export async function insertInstance(
  trx: Write,
  row: Pick<
    InstancesTable,
    "instance_id" | "app_id" | "site_id" | "granted_scopes" | "origin_instance_id"
  > & { now: number },
): Promise<boolean> {
  const { now, ...given } = row;
  const result = await trx
    .insertInto("instances")
    .values({ ...given, state: "installed", gen: 1, created_at: now, updated_at: now, last_token_at: null })
    .onConflict((conflict) => conflict.columns(["app_id", "site_id"]).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows !== 0n;
}

export async function updateInstance(
  trx: Write,
  instanceId: string,
  change: Partial<Pick<InstancesTable, "state" | "granted_scopes">> & { now: number },
): Promise<void> {
  const { now, ...set } = change;
  await trx
    .updateTable("instances")
    .set({ ...set, updated_at: now })
    .where("instance_id", "=", instanceId)
    .execute();
}

/** Kills every token of the instance. */
export async function raiseInstanceGeneration(trx: Write, instanceId: string): Promise<void> {
  await trx
    .updateTable("instances")
    .set((eb) => ({ gen: eb("gen", "+", 1) }))
    .where("instance_id", "=", instanceId)
    .execute();
}

function selectInstance(
  db: Queries,
  instanceId: string,
): SelectQueryBuilder<Schema, "instances", InstancesTable> {
  return db.selectFrom("instances").selectAll().where("instance_id", "=", instanceId);
}

function found(row: InstancesTable | undefined): Instance {
  if (row === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
  return toInstance(row);
}
