import { type Database, prepareQuery } from "../../infrastructure/database/index.ts";

/** An app on a site that implements a type, with its newest key. */
export interface Target {
  readonly app_id: string;
  readonly app_name: string;
  readonly instance_id: string;
  readonly url: string;
  readonly kid: string;
  readonly sealed_private_key: string;
}

/** What a call needs of the site, and the type if it is one of the platform owner's own. */
export interface CalledSite {
  readonly currency: string;
  readonly locale: string;
  /** JSON. */
  readonly own_methods: string | null;
}

/** Reads where calls go. */
export interface TargetStore {
  /** Undefined when there is no such site. */
  findSite(call: { siteId: string; componentType: string }): Promise<CalledSite | undefined>;
  /** Apps that are installed on the site and implement the type, by instance. */
  findTargets(call: { siteId: string; componentType: string }): Promise<Target[]>;
}

export function createTargetStore(database: Database): TargetStore {
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
      // An app implements a type once; of its keys the newest comes last.
      return [...new Map(rows.map((row) => [row.instance_id, row])).values()];
    },
  };
}
