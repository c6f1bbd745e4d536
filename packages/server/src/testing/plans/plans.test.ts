import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasInstances } from "../../features/apps/apps.queries.ts";
import { deleteApprovals, readAsked } from "../../features/instances/approvals/approvals.queries.ts";
import { listInstances, lockInstancesOfApp } from "../../features/instances/instances.queries.ts";
import { createLog, createMetrics } from "../../infrastructure/observability/index.ts";
import { pruneExpired } from "../../wiring/background-jobs.ts";
import { accountCases } from "./account-cases.ts";
import { consentCases } from "./consent-cases.ts";
import { countCases } from "./count-cases.ts";
import { type ExecutedQuery, executedQueries } from "./executed-queries.ts";
import {
  type FilledDatabase,
  fillDatabase,
  filledIds,
  filled as rows,
  statistics,
} from "./filled-database.ts";
import { findCases } from "./find-cases.ts";
import { jobCases } from "./job-cases.ts";
import { legacyCases } from "./legacy-cases.ts";
import { listCases } from "./list-cases.ts";
import { type PlanCase, webhookCases } from "./webhook-cases.ts";

// Every hot or periodic query uses an index at a million rows, also with outdated statistics. The tests check plans and
// numbers of rows, never times.

let filled: FilledDatabase;
beforeAll(async () => {
  // Used tables have other statistics.
  vi.stubEnv("TEST_DATABASE_KEEP_SCHEMAS", "");
  filled = await fillDatabase();
  vi.unstubAllEnvs();
}, 900_000);
afterAll(() => filled?.remove());

/** Tables with few rows, which may be scanned sequentially. */
const smallTables = [
  ...[
    "api_keys",
    "app_secrets",
    "apps",
    "backfills",
    "event_types",
    "extensions",
    "permissions",
    "pre_approvals",
    "resources",
    "retention",
    "roles",
  ],
  ...["app_developers", "platform"],
  ...["scope_permissions", "scopes", "service_plugin_types", "signing_keys", "site_members", "webhooks"],
];

function expectIndexPlans(
  queries: readonly ExecutedQuery[],
  { indexes = {}, rows = 1_100 }: Partial<PlanCase>,
): void {
  const scans = queries.flatMap((query) => query.scans.map((scan) => ({ ...scan, sql: query.sql })));
  const largeScans = scans.filter(({ table }) => !smallTables.includes(table));
  expect(scans.length).toBeGreaterThan(0);
  expect(largeScans.filter((scan) => scan.index === undefined || scan.rows > rows).slice(0, 5)).toEqual([]);
  for (const [table, names] of Object.entries(indexes)) {
    const read = largeScans.filter((scan) => scan.table === table).map((scan) => scan.index);
    expect([table, ...new Set(read)].sort()).toEqual([table, ...names].sort());
  }
}

async function count(table: string): Promise<number> {
  const result = await sql<{ count: number }>`select count(*) from ${sql.table(table)}`.execute(
    filled.database.read,
  );
  return result.rows[0]?.count ?? 0;
}

test("FR-B1: maintenance deletes rows after their retention, with statistics of empty tables", async () => {
  const expired = {
    deliveries: rows.expired,
    delivery_attempts: rows.expired,
    events: rows.expired,
    event_usage: rows.expiredEntries,
    token_log: rows.expiredEntries,
    counts: rows.expiredEntries,
    service_plugin_calls: rows.expiredEntries,
    revoked_tokens: rows.expiredEntries,
    account_sessions: rows.expiredEntries,
    used_challenges: rows.expiredEntries,
    install_links: rows.expiredEntries,
    legacy_codes: rows.expiredEntries,
    legacy_install_tokens: rows.expiredEntries,
    install_requests: rows.expiredEntries,
    portal_links: rows.expiredEntries,
    idempotency_keys: rows.expiredEntries,
    jobs: rows.expiredEntries,
  };
  const countAll = async (): Promise<number[]> => await Promise.all(Object.keys(expired).map(count));
  const before = await countAll();
  const metrics = createMetrics();
  const deps = { database: filled.database, log: createLog("warn"), logRowsPerApp: 999_999, metrics };
  const stopping = new AbortController().signal;
  const queries = await executedQueries(() => pruneExpired(deps, { now: filled.now, stopping }));
  expect((await metrics.maintenanceFailures.get()).values).toEqual([]);
  const after = await countAll();
  expect(before.map((number, index) => number - (after[index] ?? 0))).toEqual(Object.values(expired));
  // The rows of an app are counted up to its quota; a case of its own tests these plans.
  const others = queries.filter(({ sql }) => !sql.includes(" offset "));
  expectIndexPlans(others, {});
});

describe.each(statistics)("with statistics %s", (which) => {
  beforeAll(() => filled.analyze(which));

  test("listing instances with their last use", async () => {
    const { read } = filled.database;
    const page = { appId: filledIds.webhook(1), after: "", limit: 100 };
    const queries = await executedQueries(async () => {
      expect((await listInstances(read, page))[99]).toMatchObject({ lastTokenAt: expect.any(Number) });
    });
    expectIndexPlans(queries, {
      indexes: { instances: ["instances_by_app"], last_uses: ["last_uses_pkey"] },
    });
  });

  test("comparing the next instances of an app with its scopes", async () => {
    const { database } = filled;
    const appId = filledIds.webhook(1);
    const queries = await executedQueries(() =>
      database.write(async (trx) => {
        expect(await hasInstances(trx, appId)).toBe(true);
        const instances = await lockInstancesOfApp(trx, {
          appId,
          after: filledIds.site(500_000),
          limit: 100,
        });
        const ids = instances.map(({ instanceId }) => instanceId);
        expect((await readAsked(trx, ids)).size).toBe(100);
        await deleteApprovals(trx, [""]);
      }),
    );
    expectIndexPlans(queries, {});
  });

  const cases = [
    ...webhookCases,
    ...listCases,
    ...accountCases,
    ...consentCases,
    ...legacyCases,
    ...jobCases,
    ...countCases,
    ...findCases,
  ];
  test.each(cases)("$name", async ({ run, ...expected }) => {
    expectIndexPlans(await executedQueries(() => run(filled)), expected);
  });
});
