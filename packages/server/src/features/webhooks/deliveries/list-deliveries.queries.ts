import { sql } from "kysely";
import {
  type DeliveriesTable,
  type DeliveryAttemptsTable,
  lowestIdAt,
  type Queries,
} from "../../../infrastructure/database/index.ts";
import type { FoundPage, Page } from "../../../infrastructure/management/index.ts";

/** Criteria of a list of deliveries; absent ones match all. */
export interface DeliveryFilter {
  readonly appId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly webhookId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly status?: DeliveriesTable["status"] | undefined;
  /** Outcome of the last attempt. */
  readonly outcome?: string | undefined;
  /** HTTP status of the response to the last attempt. */
  readonly httpStatus?: number | undefined;
  /** Created at or after this time, in epoch milliseconds. */
  readonly since?: number | undefined;
  /** Created before this time, in epoch milliseconds. */
  readonly until?: number | undefined;
}

/** A delivery with its last attempt. */
export interface ListedDelivery {
  readonly delivery: DeliveriesTable;
  readonly lastAttempt: AttemptSummary | undefined;
}

export type AttemptSummary = Omit<DeliveryAttemptsTable, "response">;

const columns = {
  appId: "app_id",
  instanceId: "instance_id",
  webhookId: "webhook_id",
  eventId: "event_id",
  eventType: "event_type",
} as const;
/** Filters with an index of their own. The first one that is given selects the rows that are read. */
const anchors = ["eventId", "instanceId", "webhookId", "appId"] as const;
/** Rows that are read for a page. Without this limit, a rare combination of filters would read every row of an app. */
const maxRowsRead = 5_000;

/**
 * Deliveries, newest first. Reads up to 5,000 rows in the order of an index and applies the other filters to them, so a
 * page may have few deliveries or none, although others follow.
 */
export async function listDeliveries(
  db: Queries,
  filter: DeliveryFilter,
  page: Page,
): Promise<FoundPage<ListedDelivery>> {
  const read = readInOrder(db, filter, page.after);
  let select = db
    .selectFrom(read.selectAll().limit(maxRowsRead).as("d"))
    .selectAll()
    .orderBy("delivery_id", "desc")
    .limit(page.limit);
  for (const [name, column] of Object.entries(columns)) {
    const value = filter[name as keyof typeof columns];
    if (value !== undefined) select = select.where(column, "=", value);
  }
  if (filter.status !== undefined) select = select.where("status", "=", filter.status);
  if (filter.outcome !== undefined) select = select.where(lastAttempt("outcome"), "=", filter.outcome);
  if (filter.httpStatus !== undefined) select = select.where(lastAttempt("status"), "=", filter.httpStatus);
  const deliveries = await select.execute();
  const attempts = await readLastAttempts(db, deliveries);
  const rows = deliveries.map((delivery) => ({ delivery, lastAttempt: attempts.get(delivery.delivery_id) }));
  if (rows.length === page.limit) return { rows };
  const last = await read
    .select("delivery_id")
    .limit(1)
    .offset(maxRowsRead - 1)
    .executeTakeFirst();
  return { rows, continueAfter: last?.delivery_id };
}

function readInOrder(db: Queries, filter: DeliveryFilter, after: string) {
  const given = anchors.find((name) => filter[name] !== undefined);
  // There are fewer failed deliveries than deliveries of an app.
  const onlyFailed = filter.status === "failed" && (given === undefined || given === "appId");
  const anchor = onlyFailed ? undefined : given;
  let read = db.selectFrom("deliveries");
  if (anchor !== undefined) read = read.where(columns[anchor], "=", filter[anchor] ?? "");
  if (onlyFailed) read = read.where("status", "=", sql.lit("failed"));
  // An event has few deliveries, which are sorted. For a plain column PostgreSQL may read all rows in its order instead.
  const id = anchor === "eventId" ? sql<string>`delivery_id || ''` : sql<string>`delivery_id`;
  // The id begins with the time of its creation.
  if (filter.since !== undefined) read = read.where(id, ">=", lowestIdAt(filter.since));
  if (filter.until !== undefined) read = read.where(id, "<", lowestIdAt(filter.until));
  if (after !== "") read = read.where(id, "<", after);
  return read.orderBy(id, "desc");
}

/** A column of the last attempt. A scalar subquery, because PostgreSQL then uses the primary key for each row. */
function lastAttempt(column: "outcome" | "status") {
  return sql<string | number>`(
    select ${sql.ref(`a.${column}`)} from delivery_attempts as a
    where a.delivery_id = d.delivery_id and a.attempt = d.attempts)`;
}

async function readLastAttempts(
  db: Queries,
  deliveries: readonly DeliveriesTable[],
): Promise<Map<string, AttemptSummary>> {
  const attempted = deliveries.filter((delivery) => delivery.attempts > 0);
  if (attempted.length === 0) return new Map();
  const rows = await db
    .selectFrom("delivery_attempts")
    .select(["delivery_id", "attempt", "started_at", "duration_ms", "outcome", "status", "detail"])
    .where(({ and, eb, or }) =>
      or(
        attempted.map(({ attempts, delivery_id }) =>
          and([eb("delivery_id", "=", delivery_id), eb("attempt", "=", attempts)]),
        ),
      ),
    )
    .execute();
  return new Map(rows.map((row) => [row.delivery_id, row]));
}
