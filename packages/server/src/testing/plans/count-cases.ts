import { expect } from "vitest";
import { pruneCounts, readCounts } from "../../features/counts/counts.queries.ts";
import { groupTokenLog } from "../../features/tokens/usage/token-log.queries.ts";
import type { Write } from "../../infrastructure/database/index.ts";
import { deleteEntries } from "../../infrastructure/database/index.ts";
import { type FilledDatabase, filledIds } from "./filled-database.ts";
import { type PlanCase, rolledBack } from "./webhook-cases.ts";

const minute = 60_000;
const day = 86_400_000;
const appId = filledIds.webhook(3);

async function prune(trx: Write, { now }: FilledDatabase): Promise<void> {
  for (const step of ["minute", "hour"] as const) {
    await pruneCounts(step)(trx, { after: "", limit: 50, before: now - 6 * day });
  }
}

/** Counts and the retention of the audit log. */
export const countCases: readonly PlanCase[] = [
  {
    name: "reading the most counts of an app",
    run: async ({ database, now }) => {
      const times = { since: now - 1_500 * minute, until: now - 60 * minute };
      const query = { appId, metric: "tokens", step: "minute", ...times } as const;
      expect(await readCounts(database.read, query)).toHaveLength(14_400);
    },
    rows: 14_400,
  },
  {
    name: "counting refused requests of an app",
    async run({ database, now }) {
      for (const since of [0, now]) await groupTokenLog(database.read, { appId, since });
    },
    indexes: { token_log: ["token_log_by_app"] },
    rows: 10_100,
  },
  {
    name: "deleting counts",
    run: (storage) => rolledBack(storage, (trx) => prune(trx, storage)),
    indexes: { counts: ["counts_by_time"] },
  },
  {
    name: "deleting audit entries",
    run: (storage) =>
      rolledBack(storage, (trx) =>
        deleteEntries("audit")(trx, { limit: 50, before: storage.now - 30 * day }),
      ),
    indexes: { audit: ["audit_pkey"] },
  },
];
