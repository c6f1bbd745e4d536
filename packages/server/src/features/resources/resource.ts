import type { Transaction } from "kysely";
import type { Migration } from "../../infrastructure/database/index.ts";
import type { AccessTokenRoute } from "../../infrastructure/routes/index.ts";
import type { Permission, Scope } from "../permissions/index.ts";
import type { Site } from "../sites/index.ts";
import type { ResourcePlatform } from "./resource-platform.ts";

/**
 * The definition of an API that runs in the platform's process.
 *
 * @typeParam Tables the rows of its tables by table name, for Kysely
 */
export interface ResourceDefinition<Tables> {
  /** Lower-case letters and digits, beginning with a letter; at most 30. */
  readonly name: string;
  /** Every table that the migrations create. Names begin with the name of the resource and `_`. Default: none. */
  readonly tables?: readonly (keyof Tables & string)[];
  /** Each is applied once, in this order, in its own transaction. Never edit one that was applied. Default: none. */
  readonly migrations?: readonly ResourceMigration[];
  /** Permissions that the routes need. */
  readonly permissions: readonly Permission[];
  /** Bundles of permissions that apps request. */
  readonly scopes: readonly Scope[];
  /** Event types that the resource appends. Default: none. */
  readonly eventTypes?: readonly ResourceEventType[];
  /** Descriptions of the tags of the routes, for the API reference. Default: none. */
  readonly tags?: readonly ResourceTag[];
  /**
   * Returns the routes of the API; called once, when the platform starts. The first segment of a path is fixed, and not
   * one of the platform's, such as `/admin` or `/oauth2`.
   */
  routes(platform: ResourcePlatform<Tables>): readonly AccessTokenRoute[];
  /** Creates, copies and deletes the resource's content of a site. */
  readonly site?: SiteHooks<Tables>;
  /**
   * Does one step of work that requests left, in a transaction of its own, and returns whether there was any. It runs
   * repeatedly after the start, after `requestWork`, and each minute. Processes that share the database run it concurrently.
   */
  work?(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>): Promise<boolean>;
  /** Content for the demo site of `npm start`. */
  readonly demo?: ResourceDemo<Tables>;
}

/**
 * One migration: SQL that runs on SQLite and PostgreSQL. Statements end with `;` at the end of a line. `COLLATE BINARY`
 * becomes `COLLATE "C"` on PostgreSQL; ids need it. A table may reference `sites (site_id)`.
 */
export interface ResourceMigration extends Migration {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
}

/** A type of event that a resource appends. */
export interface ResourceEventType {
  readonly eventType: string;
  readonly description: string;
  /** The permission that an instance needs to receive it. Default: none. */
  readonly permissionId?: string;
  /** The payload of test deliveries. */
  readonly sample: Readonly<Record<string, unknown>>;
}

/** A group of routes in the API reference. */
export interface ResourceTag {
  /** The `tag` of the routes. */
  readonly name: string;
  readonly description: string;
}

/**
 * Functions that create, copy and delete the content of a site. `created` runs in the transaction that creates the site, but not
 * for sites that existed before the resource: a migration adds what they need. The others run repeatedly, each time in a
 * transaction of its own, which handles a limited part: at most 500 rows or 1 MiB.
 */
export interface SiteHooks<Tables> {
  created?(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<void>;
  /**
   * Copies the part of the content that begins after `after`, which is empty at first. Returns the `after` of the next part;
   * undefined at the end. The copy is not visible before the end. A copy that fails is deleted.
   */
  copied?(
    platform: ResourcePlatform<Tables>,
    trx: Transaction<Tables>,
    sites: { readonly from: Site; readonly to: Site; readonly after: string },
  ): Promise<string | undefined>;
  /** Deletes a part of the content of a site that is deleted already. Returns whether more is left. */
  deleted?(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<boolean>;
}

/** What a resource adds to the demo. */
export interface ResourceDemo<Tables> {
  /** Scopes that the demo app requests. */
  readonly scopes: readonly string[];
  /** Fills the demo site. */
  fill(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<void>;
}

/** The tables of a resource, without their types. */
export type AnyTables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const mark: unique symbol = Symbol.for("latchkey.resource");

/** A resource that {@link defineResource} returns, for `createPlatform` and `createTestPlatform`. */
export interface Resource extends Required<Omit<ResourceDefinition<AnyTables>, "site" | "demo" | "work">> {
  readonly [mark]: true;
  readonly site: SiteHooks<AnyTables>;
  readonly demo: ResourceDemo<AnyTables> | undefined;
  readonly work?: ResourceDefinition<AnyTables>["work"];
}

/** Adds the defaults to a definition and marks it as a resource. */
export function asResource<Tables>(definition: ResourceDefinition<Tables>): Resource {
  const defaults = { demo: undefined, eventTypes: [], migrations: [], site: {}, tables: [], tags: [] };
  // Each call of the resource's functions passes its own types back to it.
  return { ...defaults, ...definition, [mark]: true } as unknown as Resource;
}

/** Whether {@link defineResource} returned the value. */
export function isResource(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && mark in value;
}
