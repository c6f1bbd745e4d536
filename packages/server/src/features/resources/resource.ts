import type { Transaction } from "kysely";
import type { Migration } from "../../infrastructure/database/index.ts";
import type { AccessTokenRoute } from "../../infrastructure/routes/index.ts";
import type { Permission, Scope } from "../permissions/index.ts";
import type { Site } from "../sites/index.ts";
import type { ResourcePlatform } from "./resource-platform.ts";

/**
 * What an API in the platform's process consists of.
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
  /** Returns the routes of the API; called once, when the platform starts. */
  routes(platform: ResourcePlatform<Tables>): readonly AccessTokenRoute[];
  /** What happens to the resource's content when a site is created, copied or deleted. */
  readonly site?: SiteHooks<Tables>;
  /** Content for the demonstration site of `npm start`. */
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

/**
 * Functions that run in the transaction of a change of a site; what they throw undoes the change. `created` does not run
 * for sites that existed before the resource: a migration adds what they need.
 */
export interface SiteHooks<Tables> {
  created?(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<void>;
  copied?(
    platform: ResourcePlatform<Tables>,
    trx: Transaction<Tables>,
    sites: { readonly from: Site; readonly to: Site },
  ): Promise<void>;
  deleted?(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<void>;
}

/** What a resource adds to the demonstration. */
export interface ResourceDemo<Tables> {
  /** Scopes that the demonstration app requests. */
  readonly scopes: readonly string[];
  /** Fills the demonstration site. */
  fill(platform: ResourcePlatform<Tables>, trx: Transaction<Tables>, site: Site): Promise<void>;
}

/** The tables of a resource whose own types are not known. */
export type AnyTables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const mark: unique symbol = Symbol.for("latchkey.resource");

/** A resource that {@link defineResource} returns, for `createPlatform` and `createTestPlatform`. */
export interface Resource extends Required<Omit<ResourceDefinition<AnyTables>, "site" | "demo">> {
  readonly [mark]: true;
  readonly site: SiteHooks<AnyTables>;
  readonly demo: ResourceDemo<AnyTables> | undefined;
}

/** Marks a definition that was checked as a resource. */
export function asResource<Tables>(definition: ResourceDefinition<Tables>): Resource {
  const { demo, eventTypes = [], migrations = [], site = {}, tables = [] } = definition;
  const resource = { ...definition, demo, eventTypes, migrations, site, tables, [mark]: true };
  // The platform knows only its own tables; the resource gets its own types back in every call.
  return resource as unknown as Resource;
}

/** Whether a value was returned by {@link defineResource}. */
export function isResource(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && mark in value;
}
