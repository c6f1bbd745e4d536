import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type {
  DeliveriesTable,
  DeliveryAttemptsTable,
  Queries,
  Schema,
} from "../../../infrastructure/database/index.ts";
import {
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
} from "../../../infrastructure/management/index.ts";

/** A delivery with its last attempt. */
export interface ListedDelivery {
  readonly delivery: DeliveriesTable;
  readonly lastAttempt: AttemptSummary | undefined;
}

export type AttemptSummary = Omit<DeliveryAttemptsTable, "format" | "response">;

const deliveries: NewestFirst = {
  id: "delivery_id",
  filters: {
    ...{ appId: "app_id", instanceId: "instance_id", webhookId: "webhook_id", eventId: "event_id" },
    ...{ eventType: "event_type", status: "status" },
    ...{ outcome: lastAttempt("outcome"), httpStatus: lastAttempt("status") },
  },
  indexes: [["eventId"], ["instanceId"], ["webhookId"], ["appId"]],
};

// An event has few deliveries, which are sorted. For a plain column PostgreSQL may read all rows in its order instead.
const deliveriesOfEvent: NewestFirst = { ...deliveries, id: sql`delivery_id || ''` };

/** Filters of deliveries. */
export type DeliveryFilters = ListFilters & {
  status?: DeliveriesTable["status"] | undefined;
};

/** Returns deliveries, newest first. */
export async function listDeliveries(
  db: Queries,
  filters: DeliveryFilters,
  page: Page,
): Promise<FoundPage<ListedDelivery>> {
  const { rows, ...selected } = selectDeliveries(db, filters);
  const found = await findNewest(db, rows, { ...selected, page });
  const attempts = await readLastAttempts(db, found.rows);
  return {
    ...found,
    rows: found.rows.map((delivery) => ({ delivery, lastAttempt: attempts.get(delivery.delivery_id) })),
  };
}

/** Deliveries, for `findNewest`, `findOldest` and `countRows`. */
export interface Selection {
  readonly rows: SelectQueryBuilder<Schema, "deliveries", DeliveriesTable>;
  readonly list: NewestFirst;
  readonly filters: ListFilters;
  readonly where?: readonly Expression<SqlBool>[] | undefined;
}

/** Selects the deliveries of a filter. `where` has further conditions. */
export function selectDeliveries(
  db: Queries,
  { status, ...others }: DeliveryFilters,
  where?: Selection["where"],
): Selection {
  const { eventId, instanceId, webhookId } = others;
  const all = db.selectFrom("deliveries").selectAll();
  // The failed deliveries, all and of an app, have an index of their own.
  const onlyFailed = status === "failed" && (eventId ?? instanceId ?? webhookId) === undefined;
  return {
    rows: onlyFailed ? all.where("status", "=", sql.lit("failed")) : all,
    filters: onlyFailed ? others : { status, ...others },
    list: eventId === undefined ? deliveries : deliveriesOfEvent,
    where,
  };
}

/** Selects the deliveries of a filter that have not ended. */
export function selectUnended(db: Queries, filters: DeliveryFilters): Selection {
  return selectDeliveries(db, filters, [sql<SqlBool>`ended_at is null`]);
}

/** A column of the last attempt. A scalar subquery, because PostgreSQL then uses the primary key for each row. */
function lastAttempt(column: "outcome" | "status") {
  return sql<string | number>`(
    select ${sql.ref(`a.${column}`)} from delivery_attempts as a
    where a.delivery_id = listed.delivery_id and a.attempt = listed.attempts)`;
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
