import { expect } from "vitest";
import { type AuditFilters, listAuditEntries } from "../../features/audit/index.ts";
import {
  appendTokenLog,
  listTokenLog,
  type TokenLogFilters,
} from "../../features/tokens/usage/token-log.queries.ts";
import type { TokenLogTable } from "../../infrastructure/database/index.ts";
import { type FilledDatabase, filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

const page = { after: "", limit: 51 };
/** An id of an app, a site, an instance or a request. */
const id = filledIds.webhook(3);
const [since, until] = [-3_600_000, 3_600_000] as const;

/** @param expected whether there are entries. `retired` has a tenth of all entries, which are the oldest. */
function audit(filters: AuditFilters, expected = true): PlanCase {
  return {
    name: `the audit log by ${Object.keys(filters).join(" and ") || "time"}`,
    async run({ database, now }) {
      const entries = await listAuditEntries(database.read, inTime(filters, now), page);
      expect(entries.length > 0).toBe(expected);
    },
    rows: 60,
  };
}

/** The rows of an app are limited to 10,000, so filters within an app need no index of their own. */
function tokenLog(filters: TokenLogFilters, rows = 60): PlanCase {
  return {
    name: `the token log by ${Object.keys(filters).join(" and ") || "time"}`,
    async run({ database, now }) {
      await listTokenLog(database.read, inTime(filters, now), page);
    },
    rows,
  };
}

function inTime<Filters extends object>(filters: Filters, now: number): Filters {
  return Object.hasOwn(filters, "since") ? { ...filters, since: now + since, until: now + until } : filters;
}

async function append({ database, now }: FilledDatabase): Promise<void> {
  const entry: TokenLogTable = {
    ...{ entry_id: `ffffffff-${now}`, app_id: id, hour: now, instance_id: "", route: "", reason: "expired" },
    ...{
      kind: "client",
      requests: 1,
      first_at: now,
      last_at: now,
      first_request_id: "",
      last_request_id: "",
    },
  };
  await database.write((trx) => appendTokenLog(trx, [entry]));
}

/** Lists and periodic queries of the audit log and the token log. */
export const logCases: readonly PlanCase[] = [
  audit({}),
  audit({ since, until }),
  audit({ appId: id }),
  audit({ appId: id, since, until }),
  audit({ appId: id, action: "action 3" }),
  audit({ appId: id, action: "none" }, false),
  audit({ appId: id, siteId: id, since, until }),
  audit({ siteId: id }),
  audit({ instanceId: id, since, until }),
  audit({ actor: "admin" }),
  audit({ actor: "retired" }),
  audit({ action: "retired" }),
  audit({ actor: "nobody", since, until }, false),
  audit({ action: "none", since, until }, false),
  tokenLog({}),
  tokenLog({ since, until }),
  tokenLog({ appId: id }),
  tokenLog({ appId: id, reason: "none", kind: "client", since, until }, 10_100),
  tokenLog({ appId: id, instanceId: id, reason: "none" }, 10_100),
  tokenLog({ instanceId: id, reason: "none" }, 1_100),
  tokenLog({ requestId: id }),
  tokenLog({ requestId: id, appId: id, since, until }, 10_100),
  {
    name: "adding to the token log",
    run: append,
    rows: 10_100,
  },
];
