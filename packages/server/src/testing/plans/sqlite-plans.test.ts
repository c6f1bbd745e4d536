import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../test-database.ts";
import { filledIds } from "./filled-database.ts";
import { findCases } from "./find-cases.ts";
import { listCases } from "./list-cases.ts";
import { sqlitePlans } from "./sqlite-plans.ts";

let storage: TestDatabase;
beforeAll(async () => {
  storage = await createTestDatabase("sqlite");
  const id = filledIds.webhook(3);
  await storage.database.write(async (trx) => {
    await sql`insert into apps values (${id}, 'App', 1, '[]', null, null, 1, 'jwt', 14400, 1, 1, null)`.execute(
      trx,
    );
    await sql`insert into sites values (${id}, 'Site', 'none', 'en', 'USD', null, 1, 1, null)`.execute(trx);
  });
});
afterAll(() => storage.remove());

const lists = listCases.filter(({ name }) =>
  /listInstances|listDeliveries|listAuditEntries|listTokenLog/.test(name),
);

test("finding an id, and lists of instances, deliveries, changes and refused requests read rows by an index", async () => {
  const filled = {
    ...storage,
    ...{ now: storage.clock.now(), pausedUntil: 0, eventId: filledIds.webhook(9), analyze: async () => {} },
  };
  const scans: unknown[] = [];
  let reads = 0;
  for (const { name, run } of [...findCases, ...lists]) {
    const plans = await sqlitePlans(storage.database, () => run(filled));
    // The rows of a subquery were read by an index before, up to a limit.
    const subqueries = plans.flatMap((step) => /^(?:MATERIALIZE|CO-ROUTINE) (\w+)$/.exec(step)?.[1] ?? []);
    const allowed = new Set(subqueries.map((one) => `SCAN ${one}`));
    for (const step of plans.filter((one) => /^(SEARCH|SCAN) /.test(one))) {
      reads += 1;
      if (!step.includes(" USING ") && !allowed.has(step)) scans.push([name, step]);
    }
  }
  expect(scans).toEqual([]);
  expect(reads).toBeGreaterThan(200);
});
