import type { Kysely, Transaction } from "kysely";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Database, Ids, Queries, Write } from "../../infrastructure/database/index.ts";
import { readCursor, writeCursor } from "../../infrastructure/management/index.ts";
import type { EventLog, NewEvent } from "../events/index.ts";
import { type Instance, readInstance } from "../instances/index.ts";
import { type ContentWork, lockSiteShared, readSite, type Site } from "../sites/index.ts";
import type { AnyTables, Resource } from "./resource.ts";

/**
 * What the platform gives to a resource.
 *
 * @typeParam Tables the rows of the resource's own tables by table name
 */
export interface ResourcePlatform<Tables> {
  readonly database: ResourceDatabase<Tables>;
  readonly cursors: Cursors;
  /** Returns the current time in epoch milliseconds. Tests and the development clock can move it. */
  now(): number;
  /** Returns a new random GUID. */
  newId(): string;
  /** Reads a site. Throws `SITE_NOT_FOUND`. */
  readSite(db: Kysely<Tables>, siteId: string): Promise<Site>;
  /** Reads a site and prevents its change or deletion until the transaction ends. Throws `SITE_NOT_FOUND`. */
  lockSite(trx: Transaction<Tables>, siteId: string): Promise<Site>;
  /** Reads an instance. Throws `INSTANCE_NOT_FOUND`. */
  readInstance(db: Kysely<Tables>, instanceId: string): Promise<Instance>;
  /** Appends events of the declared types in the transaction. They are delivered after it is committed. */
  appendEvents(trx: Transaction<Tables>, events: readonly ResourceEvent[]): Promise<void>;
  /** Runs `work` of the resource after the transaction is committed. */
  requestWork(trx: Transaction<Tables>): void;
}

/** The platform's database with the types of a resource's tables. */
export interface ResourceDatabase<Tables> {
  readonly engine: "sqlite" | "postgres";
  /** Runs queries that only read, and that use an index. */
  readonly read: Kysely<Tables>;
  /**
   * Runs a query with a filter or sort that the client chose, on a separate connection, for at most 5 seconds.
   *
   * Throws `QUERY_TOO_EXPENSIVE` after 5 seconds, `RESOURCE_EXHAUSTED` when 256 searches of the key wait, and
   * `CLIENT_LEFT` when `client` is aborted.
   *
   * @param key the client, such as its appId; searches of different keys take turns
   * @param client the signal of the request
   */
  search<T>(key: string, work: (db: Kysely<Tables>) => Promise<T>, client?: AbortSignal): Promise<T>;
  /** Runs `work` in one transaction. `work` may await only queries of `trx`; others throw `nested_connection`. */
  write<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
}

/** Cursors that clients cannot forge. Each is valid for one list. */
export interface Cursors {
  /** @param list everything that the list depends on, such as its filter and the site */
  write(list: string, position: string): string;
  /** Returns the position. Throws `INVALID_CURSOR`. */
  read(list: string, cursor: string): string;
}

/** An event that a resource appends. */
export type ResourceEvent = Omit<NewEvent, "eventId" | "fannedOut">;

export interface ResourceDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly vault: Vault;
  readonly contentWork: ContentWork;
}

/** Creates the platform that one resource gets. */
export function createResourcePlatform(
  { name, eventTypes }: Resource,
  { clock, contentWork, database, events, ids, vault }: ResourceDependencies,
): ResourcePlatform<AnyTables> {
  const ownTypes = new Set(eventTypes.map(({ eventType }) => eventType));
  return {
    // The same connections, with the types of the resource's tables.
    database: database as unknown as ResourceDatabase<AnyTables>,
    cursors: {
      write: (list, position) => writeCursor(vault, `${name} ${list}`, position),
      read: (list, cursor) => readCursor(vault, `${name} ${list}`, cursor),
    },
    now: () => clock.now(),
    newId: () => ids.guid(),
    readSite: (db, siteId) => readSite(db as unknown as Queries, siteId),
    lockSite: (trx, siteId) => lockSiteShared(trx as unknown as Write, siteId),
    requestWork: (trx) => contentWork.request(trx as unknown as Write),
    readInstance: (db, instanceId) => readInstance(db as unknown as Queries, instanceId),
    async appendEvents(trx, appended) {
      const other = appended.find(({ eventType }) => !ownTypes.has(eventType));
      if (other !== undefined) {
        throw new TypeError(`The resource ${name} does not declare the event type ${other.eventType}.`);
      }
      await events.append(trx as unknown as Write, appended);
    },
  };
}
