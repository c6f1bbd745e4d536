import { nextTurn } from "../../infrastructure/clock/index.ts";
import type { Database, Ids, TokenLogTable } from "../../infrastructure/database/index.ts";
import type { Metrics } from "../../infrastructure/observability/index.ts";
import { appendTokenLog } from "./token-log.queries.ts";

/** A token request that was refused, as the app's own log shows it. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly appId: string;
  readonly instanceId: string | null;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly occurredAt: number;
}

/** Refusals that wait in memory to be stored. An app's id is no secret, so a flood of one must hide no other's. */
export interface WaitingRefusals {
  add(refusal: RefusedRequest): void;
  /** Stores what waits, app by app; what cannot be stored goes on waiting. */
  store(): Promise<void>;
}

/** Refusals of one app kept between two flushes; one entry stands for all others, for a flood must not fill the disk. */
const maxOfApp = 100;
/** Apps with refusals between two flushes; those of any more apps are counted by the metric only. */
const maxApps = 500;
const appsPerStep = 20;

interface Waiting {
  readonly kept: TokenLogTable[];
  leftOut: number;
  /** The newest of those that were left out. */
  last: RefusedRequest | undefined;
}

export function createWaitingRefusals(deps: {
  database: Database;
  ids: Ids;
  metrics: Pick<Metrics, "tokenLogLeftOut">;
}): WaitingRefusals {
  const { database, ids, metrics } = deps;
  const waiting = new Map<string, Waiting>();

  const roomFor = (appId: string): Waiting | undefined => {
    const known = waiting.get(appId);
    if (known !== undefined || waiting.size >= maxApps) return known;
    const added: Waiting = { kept: [], leftOut: 0, last: undefined };
    waiting.set(appId, added);
    return added;
  };
  const storeStep = async (appIds: readonly string[]): Promise<void> => {
    const step = appIds.flatMap((appId) => {
      const of = waiting.get(appId);
      return of === undefined ? [] : [{ appId, of, kept: of.kept.length, leftOut: of.leftOut }];
    });
    const rows = step.map(({ of }) => [...of.kept, ...remainder(of, ids)]);
    await database.write(async (trx) => {
      for (const ofApp of rows) await appendTokenLog(trx, ofApp);
    });
    for (const { appId, kept, leftOut, of } of step) {
      of.kept.splice(0, kept);
      of.leftOut -= leftOut;
      if (of.kept.length + of.leftOut === 0) waiting.delete(appId);
    }
  };

  return {
    add(refusal) {
      const of = roomFor(refusal.appId);
      if (of !== undefined && of.kept.length < maxOfApp) {
        of.kept.push(toRow(refusal, ids));
        return;
      }
      metrics.tokenLogLeftOut.inc();
      if (of === undefined) return;
      of.leftOut += 1;
      of.last = refusal;
    },
    async store() {
      // In the order of ids, so that two processes that store for the same apps do not wait for each other crosswise.
      const appIds = [...waiting.keys()].sort();
      for (let start = 0; start < appIds.length; start += appsPerStep) {
        await storeStep(appIds.slice(start, start + appsPerStep));
        await nextTurn();
      }
    },
  };
}

/** One entry for all that were left out. */
function remainder({ last, leftOut }: Waiting, ids: Ids): TokenLogTable[] {
  return last === undefined || leftOut === 0 ? [] : [toRow({ ...last, reason: `${leftOut} more` }, ids)];
}

function toRow(refusal: RefusedRequest, ids: Ids): TokenLogTable {
  return {
    entry_id: ids.ordered(),
    request_id: refusal.requestId,
    app_id: refusal.appId,
    instance_id: refusal.instanceId,
    reason: refusal.reason,
    occurred_at: refusal.occurredAt,
  };
}
