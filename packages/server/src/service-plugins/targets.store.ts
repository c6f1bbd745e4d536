import type { Queries } from "../db/index.ts";

/** An app on a site that implements a type. */
export interface Target {
  readonly app_id: string;
  readonly app_name: string;
  readonly instance_id: string;
  readonly extension_id: string;
  readonly url: string;
}

/** Apps that are installed on a site and implement a type, by instance. */
export async function findTargets(
  db: Queries,
  { componentType, siteId }: { siteId: string; componentType: string },
): Promise<Target[]> {
  return await db
    .selectFrom("instances as i")
    .innerJoin("apps as a", "a.app_id", "i.app_id")
    .innerJoin("extensions as e", "e.app_id", "i.app_id")
    .select(["i.app_id", "a.name as app_name", "i.instance_id", "e.extension_id", "e.url"])
    .where("i.site_id", "=", siteId)
    .where("i.state", "=", "installed")
    .where("a.enabled", "=", 1)
    .where("a.deleted_at", "is", null)
    .where("e.component_type", "=", componentType)
    .orderBy("i.instance_id")
    .execute();
}
