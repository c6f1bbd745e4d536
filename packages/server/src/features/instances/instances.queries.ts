import type { SelectQueryBuilder } from "kysely";
import {
  type InstancesTable,
  lastUse,
  type Page,
  type Queries,
  type Schema,
  type Write,
} from "../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../infrastructure/errors/index.ts";
import { type Instance, type InstanceRow, toInstance } from "./instance.ts";

/** Throws `INSTANCE_NOT_FOUND`. */
export async function readInstance(db: Queries, instanceId: string): Promise<Instance> {
  return found(await selectInstances(db).where("instance_id", "=", instanceId).executeTakeFirst());
}

/** Reads an instance and locks it until the transaction ends. Throws `INSTANCE_NOT_FOUND`. */
export async function lockInstance(trx: Write, instanceId: string): Promise<Instance> {
  const locked = selectInstances(trx).where("instance_id", "=", instanceId).forUpdate();
  return found(await locked.executeTakeFirst());
}

/** Finds the instance of an app on a site, also a removed one. */
export async function findInstanceOn(
  db: Queries,
  { appId, siteId }: { appId: string; siteId: string },
): Promise<Instance | undefined> {
  const row = await selectInstances(db)
    .where("app_id", "=", appId)
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  return row === undefined ? undefined : toInstance(row);
}

/** Filters of instances: of a site, of an app, or of both. */
export interface InstanceFilters {
  readonly siteId?: string | undefined;
  readonly appId?: string | undefined;
  readonly state?: Instance["state"] | undefined;
}

/** One page of instances, by id. */
export async function listInstances(db: Queries, query: Page & InstanceFilters): Promise<Instance[]> {
  return (await pageOfInstances(db, query).execute()).map(toInstance);
}

/** Number of instances, counted up to `max`. */
export async function countInstances(db: Queries, filters: InstanceFilters, max: number): Promise<number> {
  const counted = pageOfInstances(db, { ...filters, after: "", limit: max });
  const { count } = await db
    .selectFrom(counted.as("counted"))
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

function pageOfInstances(
  db: Queries,
  { after, appId, limit, siteId, state }: Page & InstanceFilters,
): SelectQueryBuilder<Schema, "instances", InstanceRow> {
  let select = selectInstances(db).where("instance_id", ">", after).orderBy("instance_id").limit(limit);
  if (siteId !== undefined) select = select.where("site_id", "=", siteId);
  if (appId !== undefined) select = select.where("app_id", "=", appId);
  if (state !== undefined) select = select.where("state", "=", state);
  return select;
}

/** Reads the next instances of an app, also removed ones, and locks them until the transaction ends. */
export async function lockInstancesOfApp(
  trx: Write,
  { after, appId, limit }: { appId: string; after: string; limit: number },
): Promise<Instance[]> {
  const rows = await selectInstances(trx)
    .where("app_id", "=", appId)
    .where("instance_id", ">", after)
    .orderBy("instance_id")
    .limit(limit)
    .forUpdate()
    .execute();
  return rows.map(toInstance);
}

/** The instances with these ids. */
export async function readInstances(db: Queries, instanceIds: readonly string[]): Promise<Instance[]> {
  const rows = await selectInstances(db)
    .where("instance_id", "in", ["", ...instanceIds])
    .execute();
  return rows.map(toInstance);
}

/** The first ids of instances of a site that are not removed. */
export async function idsToRemove(
  trx: Write,
  { limit, siteId }: { siteId: string; limit: number },
): Promise<string[]> {
  const rows = await trx
    .selectFrom("instances")
    .select("instance_id")
    .where("site_id", "=", siteId)
    .where("state", "<>", "removed")
    .orderBy("instance_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.instance_id);
}

/** The first ids of installed instances of a site whose apps have no instance on the copy of the site. */
export async function idsToCopy(
  trx: Write,
  { fromSiteId, limit, toSiteId }: { fromSiteId: string; toSiteId: string; limit: number },
): Promise<string[]> {
  const rows = await trx
    .selectFrom("instances")
    .select("instance_id")
    .where("site_id", "=", fromSiteId)
    .where("state", "=", "installed")
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom("instances as copies")
            .select("copies.instance_id")
            .whereRef("copies.app_id", "=", "instances.app_id")
            .where("copies.site_id", "=", toSiteId),
        ),
      ),
    )
    .orderBy("instance_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.instance_id);
}

type GrantColumns = Pick<InstancesTable, "granted_scopes" | "declined_scopes" | "pre_approved_scopes">;

type NewRow = Pick<InstancesTable, "instance_id" | "app_id" | "site_id" | "origin_instance_id"> &
  GrantColumns;

/** Returns false when the app has an instance on the site already. Throws `ID_TAKEN`. */
export async function insertInstance(trx: Write, row: NewRow & { now: number }): Promise<boolean> {
  const { now, ...given } = row;
  const result = await trx
    .insertInto("instances")
    .values({
      ...given,
      state: "installed",
      gen: 1,
      setup_completed_at: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.columns(["app_id", "site_id"]).doNothing())
    .executeTakeFirst()
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? new ApiError("ID_TAKEN") : error;
    });
  return result.numInsertedOrUpdatedRows !== 0n;
}

export async function updateInstance(
  trx: Write,
  instanceId: string,
  {
    now,
    ...change
  }: Partial<Pick<InstancesTable, "state" | "setup_completed_at"> & GrantColumns> & { now: number },
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

function selectInstances(db: Queries): SelectQueryBuilder<Schema, "instances", InstanceRow> {
  return db.selectFrom("instances").selectAll().select(lastUse("instances.instance_id").as("last_token_at"));
}

function found(row: InstanceRow | undefined): Instance {
  if (row === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
  return toInstance(row);
}
