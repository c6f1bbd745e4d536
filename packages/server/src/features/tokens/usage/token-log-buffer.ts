import { nextTurn } from "../../../infrastructure/clock/index.ts";
import type { Database, Ids, TokenLogTable } from "../../../infrastructure/database/index.ts";
import type { Metrics } from "../../../infrastructure/observability/index.ts";
import { appendTokenLog } from "./token-log.queries.ts";

/** A rejected token request, as a row of the token log. */
export type RefusedRequest = Omit<TokenLogTable, "entry_id">;

/** Rows of one app between two flushes. Further requests are stored as one row with their number. */
const maxRowsPerApp = 100;
/** Apps between two flushes. Requests of further apps are only counted by the metric. */
const maxApps = 500;
const appsPerTransaction = 20;

interface Dependencies {
  readonly database: Database;
  readonly ids: Ids;
  readonly metrics: Pick<Metrics, "tokenLogLeftOut">;
}

interface BufferedRows {
  readonly rows: TokenLogTable[];
  leftOut: number;
  lastLeftOut: RefusedRequest | undefined;
}

/**
 * Rows of the token log that are not stored yet. Each app has a limit of its own, because an App ID is no secret: a
 * flood of requests with one App ID hides no row of another app.
 */
export class TokenLogBuffer {
  readonly #apps = new Map<string, BufferedRows>();
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  add(request: RefusedRequest): void {
    const app = this.#rowsOf(request.app_id);
    if (app !== undefined && app.rows.length < maxRowsPerApp) {
      app.rows.push({ entry_id: this.#deps.ids.ordered(), ...request });
      return;
    }
    this.#deps.metrics.tokenLogLeftOut.inc();
    if (app === undefined) return;
    app.leftOut += 1;
    app.lastLeftOut = request;
  }

  /** Stores the rows, a few apps per transaction. Rows that cannot be stored stay in the buffer. */
  async store(): Promise<void> {
    // Sorted, so that two processes lock the rows of the same apps in the same order.
    const appIds = [...this.#apps.keys()].sort();
    for (let start = 0; start < appIds.length; start += appsPerTransaction) {
      await this.#storeApps(appIds.slice(start, start + appsPerTransaction));
      await nextTurn();
    }
  }

  #rowsOf(appId: string): BufferedRows | undefined {
    const known = this.#apps.get(appId);
    if (known !== undefined || this.#apps.size >= maxApps) return known;
    const added: BufferedRows = { rows: [], leftOut: 0, lastLeftOut: undefined };
    this.#apps.set(appId, added);
    return added;
  }

  async #storeApps(appIds: readonly string[]): Promise<void> {
    const { database, ids } = this.#deps;
    const batch = appIds.flatMap((appId) => {
      const app = this.#apps.get(appId);
      if (app === undefined) return [];
      return [{ appId, app, stored: app.rows.length, leftOut: app.leftOut, rows: rowsToStore(app, ids) }];
    });
    await database.write(async (trx) => {
      for (const { rows } of batch) await appendTokenLog(trx, rows);
    });
    for (const { app, appId, leftOut, stored } of batch) {
      app.rows.splice(0, stored);
      app.leftOut -= leftOut;
      if (app.rows.length + app.leftOut === 0) this.#apps.delete(appId);
    }
  }
}

function rowsToStore({ lastLeftOut, leftOut, rows }: BufferedRows, ids: Ids): TokenLogTable[] {
  if (lastLeftOut === undefined || leftOut === 0) return [...rows];
  return [...rows, { ...lastLeftOut, entry_id: ids.ordered(), reason: `${leftOut} more` }];
}
