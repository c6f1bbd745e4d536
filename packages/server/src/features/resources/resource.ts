import type { Kysely, Transaction } from "kysely";
import type { AccessTokenRoute, Route } from "../../infrastructure/routes/index.ts";
import type { NewEvent } from "../events/index.ts";
import type { Instance } from "../instances/index.ts";
import type { Site } from "../sites/index.ts";

/**
 * An API that runs in the platform's process: routes behind permissions, tables, scopes, events. The platform's owner
 * adds it with `createPlatform({ resources })` or `LATCHKEY_RESOURCES`.
 */
export interface Resource {
  /** Lower-case letters and digits, beginning with a letter. Names of tables begin with it. */
  readonly name: string;
  /** Every table that the migrations create, each named `<name>_…`. */
  readonly tables: readonly string[];
  /** Applied once each, in this order, each in its own transaction. */
  readonly migrations: readonly ResourceMigration[];
  readonly permissions: readonly ResourcePermission[];
  readonly scopes: readonly ResourceScope[];
  readonly eventTypes: readonly ResourceEventType[];
  /** Called once, when the platform starts. */
  open(platform: ResourcePlatform<never>): OpenResource;
}

/** One migration: SQL that runs on SQLite and PostgreSQL. */
export interface ResourceMigration {
  readonly name: string;
  readonly sql: string;
}

/** What one method of the API needs. */
export interface ResourcePermission {
  readonly permissionId: string;
  readonly description: string;
}

/** A bundle of permissions that an app requests and an owner approves. */
export interface ResourceScope {
  readonly scopeId: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** A type of event that the API appends. */
export interface ResourceEventType {
  readonly eventType: string;
  readonly description: string;
  /** The permission that an instance needs to receive it; absent when every instance does. */
  readonly permissionId?: string;
  /** A payload for test deliveries. */
  readonly sample: Readonly<Record<string, unknown>>;
}

/** A resource that was given its platform. */
export interface OpenResource {
  readonly routes: readonly Route[];
  /** What follows when a site changes, in the transaction of that change. */
  readonly site?: SiteHooks;
  /** Fills a site of the demo; called once for the site. */
  readonly demo?: (trx: Transaction<never>, site: Site) => Promise<void>;
}

export interface SiteHooks {
  created?(trx: Transaction<never>, site: Site): Promise<void>;
  copied?(trx: Transaction<never>, sites: { readonly from: Site; readonly to: Site }): Promise<void>;
  deleted?(trx: Transaction<never>, site: Site): Promise<void>;
}

/** What the platform gives to a resource. `Tables` types its own tables, by name. */
export interface ResourcePlatform<Tables> {
  /** The current time in epoch milliseconds; a test can move it. */
  now(): number;
  /** A new GUID. */
  newId(): string;
  readonly database: ResourceDatabase<Tables>;
  /** Declares a route of the API; the platform checks the access token and the permission before the handler runs. */
  route(definition: AccessTokenRoute): Route;
  readonly cursors: Cursors;
  /** Reads a site. Throws `SITE_NOT_FOUND`. */
  readSite(db: Kysely<Tables>, siteId: string): Promise<Site>;
  /** Reads a site and keeps others from changing it until the transaction ends. Throws `SITE_NOT_FOUND`. */
  lockSite(trx: Transaction<Tables>, siteId: string): Promise<Site>;
  /** Reads an instance. Throws `INSTANCE_NOT_FOUND`. */
  readInstance(db: Kysely<Tables>, instanceId: string): Promise<Instance>;
  /** Appends events in the transaction of the change that causes them; they are delivered after it is committed. */
  appendEvents(trx: Transaction<Tables>, events: readonly NewEvent[]): Promise<void>;
}

/** The platform's database, typed as the tables of one resource. */
export interface ResourceDatabase<Tables> {
  /** Queries that change nothing, by a key or an index. */
  readonly read: Kysely<Tables>;
  /**
   * Runs a query that callers shape, apart from everything else and for at most 5 s.
   *
   * Throws `QUERY_TOO_EXPENSIVE`, `RESOURCE_EXHAUSTED`.
   *
   * @param key the caller: keys take turns
   */
  search<T>(key: string, work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction. It awaits only queries of that transaction (`nested_connection` otherwise). */
  write<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
}

/** Cursors that a client cannot forge, each bound to one list. */
export interface Cursors {
  write(list: string, position: string): string;
  /** Throws `INVALID_CURSOR`. */
  read(list: string, cursor: string): string;
}
