import { type Database, prepareQuery } from "../../infrastructure/database/index.ts";

/** An app on the site that implements the type, with its newest key. */
export interface Target {
  readonly app_id: string;
  readonly app_name: string;
  readonly instance_id: string;
  readonly url: string;
  readonly kid: string;
  readonly sealed_private_key: string;
}

/** The site of a call, with the methods of the type when the platform owner registered it. */
export interface CalledSite {
  readonly currency: string;
  readonly locale: string;
  /** JSON; null for built-in types. */
  readonly own_methods: string | null;
}

export interface TargetQueries {
  /** Undefined when the site does not exist. */
  findSite(call: { siteId: string; componentType: string }): Promise<CalledSite | undefined>;
  /** Installed apps on the site that implement the type, by instance id. */
  findTargets(call: { siteId: string; componentType: string }): Promise<Target[]>;
}

export function createTargetQueries(database: Database): TargetQueries {
  const sites = prepareQuery<CalledSite, string>(database, (db, parameter) =>
    db
      .selectFrom("sites as s")
      .leftJoin("service_plugin_types as t", (join) =>
        join.on("t.component_type", "=", parameter<string>("componentType")),
      )
      .select(["s.currency", "s.locale", "t.methods as own_methods"])
      .where("s.site_id", "=", parameter<string>("siteId"))
      .where("s.deleted_at", "is", null),
  );
  const targets = prepareQuery<Target, string>(database, (db, parameter) =>
    db
      .selectFrom("instances as i")
      .innerJoin("apps as a", "a.app_id", "i.app_id")
      .innerJoin("extensions as e", "e.app_id", "i.app_id")
      .innerJoin("app_keys as k", "k.app_id", "i.app_id")
      .select(["i.app_id", "a.name as app_name", "i.instance_id", "e.url", "k.kid", "k.sealed_private_key"])
      .where("i.site_id", "=", parameter<string>("siteId"))
      .where("i.state", "=", "installed")
      .where("a.enabled", "=", 1)
      .where("a.deleted_at", "is", null)
      .where("e.component_type", "=", parameter<string>("componentType"))
      .orderBy("i.instance_id")
      .orderBy("k.created_at"),
  );
  return {
    findSite: async (call) => (await sites(call))[0],
    async findTargets(call) {
      const rows = await targets(call);
      // One row for each key of an app, the newest last: the map keeps that one.
      return [...new Map(rows.map((row) => [row.instance_id, row])).values()];
    },
  };
}
