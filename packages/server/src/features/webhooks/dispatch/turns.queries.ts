import { type RawBuilder, sql } from "kysely";
import type { Queries } from "../../../infrastructure/database/index.ts";

const maxInstances = 200;

/** An app has one instance on a site. Tests have no instance; they take turns as one. Written as in the index. */
const instance = sql`coalesce(instance_id, 'test')`;

/**
 * Due deliveries of a webhook for its next instances, so that its sites share `limit` slots: one of each instance, then
 * the second of each, and so on. Looks at up to 200 instances with pending deliveries, by id after `after`.
 *
 * @returns their ids, and the instance after which the next turns begin
 */
export async function readTurns(
  db: Queries,
  { after, limit, now, webhookId }: { webhookId: string; after: string; limit: number; now: number },
): Promise<{ deliveryIds: string[]; lastInstance: string }> {
  const pending = sql`from deliveries where webhook_id = ${webhookId} and status = 'pending' and ${instance}`;
  const next = (previous: RawBuilder<unknown>) =>
    sql`(select ${instance} ${pending} > ${previous} order by ${instance} limit 1)`;
  const firstDue = (turn: RawBuilder<unknown>) =>
    sql`case when (select next_attempt_at ${pending} = ${turn} order by next_attempt_at limit 1) <= ${now} then 1 end`;
  const current = sql`turns.turn`;
  const { rows } = await sql<{
    turn: string;
    ids: string | null;
  }>`with recursive turns (turn, position, found) as (
      select ${next(sql`${after}`)}, 1, 0
      union all
      select ${next(current)}, position + 1, found + coalesce(${firstDue(current)}, 0) from turns
      where turn is not null and position < ${sql.lit(maxInstances)} and found < ${sql.lit(limit)}),
    marked (turn, due) as (select turn, ${firstDue(current)} from turns where turn is not null),
    share (size) as (select cast((${sql.lit(limit - 1)} + count(due)) / count(due) as integer) from marked)
    select turn, case due when 1 then (
      select string_agg(delivery_id, ',') from (
        select delivery_id ${pending} = marked.turn and next_attempt_at <= ${now}
        order by next_attempt_at, sequence limit (select size from share)) as due) end as ids
    from marked order by turn`.execute(db);
  const due = rows.flatMap(({ ids, turn }) => (ids === null ? [] : [{ turn, ids: ids.split(",") }]));
  const served = due.slice(0, limit);
  const rounds = Array.from(
    { length: Math.max(0, ...served.map(({ ids }) => ids.length)) },
    (_, round) => round,
  );
  const isEnd = served.length === due.length && rows.length < maxInstances;
  const last = served.length < due.length ? served : rows;
  return {
    deliveryIds: rounds.flatMap((round) => served.flatMap(({ ids }) => ids[round] ?? [])),
    lastInstance: isEnd ? "" : (last.at(-1)?.turn ?? ""),
  };
}
