import { type Clock, nextTurn } from "../../../infrastructure/clock/index.ts";
import {
  type Database,
  type Ids,
  isRowError,
  type RefusedCredential,
  type TokenLogTable,
} from "../../../infrastructure/database/index.ts";
import type { Caller } from "../../../infrastructure/http/index.ts";
import { describeError, type Log, type Metrics } from "../../../infrastructure/observability/index.ts";
import { createRateLimiter, type RateLimiter } from "../../../infrastructure/rate-limits/index.ts";
import { appendTokenLog, hourOf } from "./token-log.queries.ts";

/** A request whose credential is refused. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly kind: RefusedCredential;
  /** Method and path of the route, such as `POST /oauth2/token`. */
  readonly route: string;
  /** From a fixed set: it is a label of metrics. */
  readonly reason: string;
  /** Absent when the request does not prove which app sent it. Such requests are only counted and logged. */
  readonly caller?: Caller | undefined;
}

export interface TokenLogDependencies {
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "refusedRequests" | "tokenLogLeftOut">;
}

/** Entries of one app between two flushes. Further requests share one entry for each reason. */
const maxEntriesPerApp = 100;
/** Apps between two flushes. Requests of further apps are only counted by the metric. */
const maxApps = 500;
const appsPerTransaction = 20;
/** The maximum number of log lines a minute, for each app and reason. */
const maxLogLines = 10;
const maxLogged = 10_000;

/**
 * Entries of the token log that are not stored yet. Each app has a limit of its own, because an App ID is no secret: a
 * flood of requests with one App ID hides no entry of another app.
 */
export class TokenLog {
  readonly #deps: TokenLogDependencies;
  readonly #logged: RateLimiter;
  readonly #apps = new Map<string, Map<string, TokenLogTable>>();

  constructor(deps: TokenLogDependencies) {
    this.#deps = deps;
    this.#logged = createRateLimiter({ clock: deps.clock, limit: maxLogLines, maxCallers: maxLogged });
  }

  add({ caller, kind, reason, requestId, route }: RefusedRequest): void {
    const { clock, ids, log, metrics } = this.#deps;
    metrics.refusedRequests.inc({ kind, reason });
    if (this.#logged.take(`${caller?.appId} ${reason}`) === 0) {
      log.info({ requestId, ...caller, kind, route, reason, sampled: true }, "request refused");
    }
    if (caller === undefined) return;
    const at = clock.now();
    const added = this.#merge({
      entry_id: ids.ordered(),
      app_id: caller.appId,
      hour: hourOf(at),
      instance_id: caller.instanceId ?? "",
      ...{ route, reason, kind },
      requests: 1,
      first_at: at,
      last_at: at,
      first_request_id: requestId,
      last_request_id: requestId,
    });
    if (!added) metrics.tokenLogLeftOut.inc();
  }

  /** Stores the entries, a few apps per transaction. Entries that cannot be stored stay in memory. */
  async store(): Promise<void> {
    // Sorted, so that two processes lock the rows of the same apps in the same order.
    const appIds = [...this.#apps.keys()].sort();
    for (let start = 0; start < appIds.length; start += appsPerTransaction) {
      const batch = appIds.slice(start, start + appsPerTransaction).map((appId) => this.#take(appId));
      await this.#write(batch).catch((error: unknown) => this.#failed(batch, error));
      await nextTurn();
    }
  }

  /** Adds the requests of an entry. Returns false when they have no entry of their own. */
  #merge(entry: TokenLogTable): boolean {
    const { app_id, hour, instance_id, reason, route } = entry;
    const entries = this.#apps.get(app_id) ?? new Map<string, TokenLogTable>();
    if (entries.size === 0 && this.#apps.size >= maxApps) return false;
    this.#apps.set(app_id, entries);
    const key = JSON.stringify([hour, instance_id, route, reason]);
    const existing = entries.get(key);
    if (existing !== undefined) {
      existing.requests += entry.requests;
      existing.last_at = entry.last_at;
      existing.last_request_id = entry.last_request_id;
      return true;
    }
    const isShared = instance_id === "" && route === "";
    if (entries.size >= maxEntriesPerApp && !isShared) {
      this.#merge({ ...entry, instance_id: "", route: "" });
      return false;
    }
    entries.set(key, entry);
    return true;
  }

  /** Removes the entries of an app from memory, and returns them in the order in which the database locks them. */
  #take(appId: string): TokenLogTable[] {
    const entries = this.#apps.get(appId) ?? new Map<string, TokenLogTable>();
    this.#apps.delete(appId);
    return [...entries].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  }

  async #write(batch: readonly (readonly TokenLogTable[])[]): Promise<void> {
    await this.#deps.database.write(async (trx) => {
      for (const entries of batch) await appendTokenLog(trx, entries);
    });
  }

  /** Keeps the entries for the next run. A row that the database refuses is dropped, and costs no other. */
  async #failed(batch: readonly (readonly TokenLogTable[])[], error: unknown): Promise<void> {
    if (!isRowError(error)) {
      this.#keep(batch.flat());
      throw error;
    }
    for (const entry of batch.flat()) {
      await this.#write([[entry]]).catch((refused: unknown) => {
        if (!isRowError(refused)) return this.#keep([entry]);
        const { app_id: appId, reason } = entry;
        const fields = { appId, reason, ...describeError(refused) };
        this.#deps.log.warn(fields, "an entry of the token log could not be stored; it is dropped");
      });
    }
  }

  #keep(entries: readonly TokenLogTable[]): void {
    for (const entry of entries) this.#merge(entry);
  }
}
