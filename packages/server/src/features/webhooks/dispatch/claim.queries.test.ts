import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Database } from "../../../infrastructure/database/index.ts";
import { createTestDatabase } from "../../../testing/test-database.ts";
import { countPending, hasBlockedDeliveries } from "../deliveries/index.ts";
import { claimDue, findDueWebhooks } from "./claim.queries.ts";

// An index that holds some rows only is used where the query says so in words, and not by a parameter.

test("what is due is found by its index, however much is not", async () => {
  const { database, remove } = await createTestDatabase("sqlite");
  const plans = await plansOf(database, async (queries) => {
    await findDueWebhooks(queries.read, { after: "", limit: 1, now: 1 });
    await hasBlockedDeliveries(queries.read);
    await countPending(queries.read, "webhook");
    await queries.write((trx) => claimDue(trx, { webhookId: "webhook", limit: 1, now: 1, leaseMs: 1 }));
  });
  await remove();
  const ofDeliveries = plans.filter((step) => /^(SEARCH|SCAN) (deliveries|d|before)\b/.test(step));
  expect(ofDeliveries).toEqual([
    "SEARCH deliveries USING COVERING INDEX deliveries_by_due (webhook_id=?)",
    "SCAN deliveries USING INDEX deliveries_by_block",
    "SEARCH deliveries USING INDEX deliveries_by_due (webhook_id=?)",
    "SEARCH d USING INDEX deliveries_by_due (webhook_id=? AND next_attempt_at<?)",
    "SEARCH before USING INDEX deliveries_by_order (webhook_id=? AND instance_id=? AND sequence<?)",
  ]);
  expect(plans.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
});

/** How the database goes about the queries of some work. */
async function plansOf(database: Database, work: (queries: Database) => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, text: string) {
    asked.push(text);
    return prepare.call(this, text);
  };
  try {
    await work(database);
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
  const plans: string[] = [];
  for (const text of asked.filter((one) => one.startsWith("select"))) {
    const explained = sql<{ detail: string }>`explain query plan ${sql.raw(text)}`;
    plans.push(...(await explained.execute(database.read)).rows.map(({ detail }) => detail));
  }
  return plans;
}
