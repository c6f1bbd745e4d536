import type { Queries } from "../database/index.ts";

/** The app and the site that an object belongs to. */
export interface Owners {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
}

/** Ids of the object that a request is about. */
export interface ObjectIds extends Owners {
  readonly instanceId?: string | undefined;
  readonly deliveryId?: string | undefined;
  readonly jobId?: string | undefined;
}

/** Finds the app and the site of the most specific object; none for an object that does not exist. */
export async function findOwners(db: Queries, ids: ObjectIds): Promise<Owners> {
  const { appId, deliveryId, instanceId, jobId, siteId } = ids;
  if (jobId !== undefined) {
    const row = await db
      .selectFrom("jobs")
      .select(["app_id", "site_id"])
      .where("job_id", "=", jobId)
      .executeTakeFirst();
    return { appId: row?.app_id ?? undefined, siteId: row?.site_id ?? undefined };
  }
  if (deliveryId !== undefined) {
    const row = await db
      .selectFrom("deliveries")
      .select("app_id")
      .where("delivery_id", "=", deliveryId)
      .executeTakeFirst();
    return { appId: row?.app_id };
  }
  if (instanceId === undefined || appId !== undefined || siteId !== undefined) return { appId, siteId };
  const row = await db
    .selectFrom("instances")
    .select(["app_id", "site_id"])
    .where("instance_id", "=", instanceId)
    .executeTakeFirst();
  return { appId: row?.app_id, siteId: row?.site_id };
}

/** Whether an account is a developer of an app. */
export async function isDeveloperOf(db: Queries, appId: string, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom("app_developers")
    .select("app_id")
    .where("app_id", "=", appId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The role of an account on a site; undefined when it is no member, or the site is deleted. */
export async function findRole(db: Queries, siteId: string, accountId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("site_members as m")
    .innerJoin("sites as s", "s.site_id", "m.site_id")
    .select("m.role")
    .where("m.site_id", "=", siteId)
    .where("m.account_id", "=", accountId)
    .where("m.removed_at", "is", null)
    .where("s.deleted_at", "is", null)
    .executeTakeFirst();
  return row?.role;
}
