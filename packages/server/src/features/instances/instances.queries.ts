import type { SelectQueryBuilder } from "kysely";
import type { InstancesTable, Page, Queries, Schema, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Instance, toInstance } from "./instance.ts";

/** Throws `INSTANCE_NOT_FOUND`. */
export async function readInstance(db: Queries, instanceId: string): Promise<Instance> {
  return found(await selectInstance(db, instanceId).executeTakeFirst());
}

/** Reads an instance and locks it until the transaction ends. Throws `INSTANCE_NOT_FOUND`. */
export async function lockInstance(trx: Write, instanceId: string): Promise<Instance> {
  return found(await selectInstance(trx, instanceId).forUpdate().executeTakeFirst());
}

/** Finds the instance of an app on a site, also a removed one. */
export async function findInstanceOn(
  db: Queries,
  { appId, siteId }: { appId: string; siteId: string },
): Promise<Instance | undefined> {
  const row = await db
    .selectFrom("instances")
    .selectAll()
    .where("app_id", "=", appId)
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  return row === undefined ? undefined : toInstance(row);
}

/** One page of the instances of a site, of an app, or of both, by id. */
export async function listInstances(
  db: Queries,
  query: Page & { siteId?: string; appId?: string; state?: Instance["state"] | undefined },
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

type NewRow = Pick<
  InstancesTable,
  "instance_id" | "app_id" | "site_id" | "granted_scopes" | "origin_instance_id"
>;

/** Returns false when the app has an instance on the site already. */
export async function insertInstance(trx: Write, row: NewRow & { now: number }): Promise<boolean> {
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
  { now, ...change }: Partial<Pick<InstancesTable, "state" | "granted_scopes">> & { now: number },
): Promise<void> {
  await trx
    .updateTable("instances")
    .set({ ...change, updated_at: now })
    .where("instance_id", "=", instanceId)
    .execute();
}

/** Invalidates every token of the instance. */
export async function incrementInstanceGeneration(trx: Write, instanceId: string): Promise<void> {
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
