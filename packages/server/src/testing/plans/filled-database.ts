import { sql } from "kysely";
import type { Database } from "../../infrastructure/database/index.ts";
import { createTestDatabase, type TestDatabase } from "../test-database.ts";

/** States of the tables for which PostgreSQL has statistics. */
export const statistics = ["of empty tables", "from before deliveries waited", "of full tables"] as const;

/** A database on PostgreSQL with a million events, deliveries and attempts. */
export interface FilledDatabase extends TestDatabase {
  /** Epoch milliseconds: the time of the newest rows. */
  readonly now: number;
  /** Epoch milliseconds: the deliveries of the paused webhook are older, all others are younger. */
  readonly pausedUntil: number;
  readonly eventId: string;
  /** Updates the statistics, which describe empty tables until then. */
  analyze(which: (typeof statistics)[number]): Promise<void>;
}

/** The rows that {@link fillDatabase} creates, oldest first. */
export const filled = {
  deliveries: 1_000_000,
  /** Pending for 40 days: their webhook is paused. */
  paused: 20_000,
  /** Ended 31 days ago. */
  expired: 5_000,
  /** Due now. The first {@link filled.ordered} of them are ordered. As many events are pending. */
  due: 20_000,
  ordered: 1_000,
  /** Blocked until their `AppInstalled` is attempted, and as many of those. */
  blocked: 5_000,
  /** Fewer rows than each app has in each log. */
  quota: 29_000,
  /** Old rows of each table that maintenance prunes. */
  expiredEntries: 3_000,
} as const;

const day = 86_400_000;

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

export const filledIds = {
  /** Webhooks 1: with due deliveries. 2: paused. 3: with blocked deliveries. 4: deleted, with due deliveries. */
  webhook: idOf,
  site: idOf,
  /** Each of them has ten sessions, is a member of one site and develops one app. */
  account: idOf,
} as const;

const apps = 10;
const sites = 1_000;
const webhooks = 20;
const accounts = 100_000;
/** Rows of each table that has neither events nor deliveries. Sites after the first thousand have one instance each. */
const entries = 1_000_000;

/**
 * Creates tables, disables autovacuum, analyzes them while they are empty, and fills them. It takes minutes, so
 * plan tests share one database.
 */
export async function fillDatabase(): Promise<FilledDatabase> {
  const storage = await createTestDatabase("postgres");
  const now = storage.clock.now();
  const run = (statements: readonly string[]): Promise<void> => execute(storage.database, statements);
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = current_schema()`.execute(
    storage.database.read,
  );
  const tables = rows.map(({ name }) => name);
  await run(tables.map((table) => `alter table ${table} set (autovacuum_enabled = false)`));
  // Indexes are created faster than filled. Partial ones stay, because creating one tells the planner its size.
  const { rows: indexes } = await sql<{ name: string; definition: string }>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = current_schema() and indexdef not like '% WHERE %' and indexname not like '%_pkey'`.execute(
    storage.database.read,
  );
  await run([
    // With `wal_level=minimal`, rows of a table that this transaction has emptied are not written to the log.
    `truncate ${tables.join(", ")}`,
    ...tables.map((table) => `analyze ${table}`),
    ...indexes.map(({ name }) => `drop index ${name}`),
    ...[...platformRows(now), ...accountRows(now), ...eventRows(now), ...logRows(now)],
    ...indexes.map(({ definition }) => definition),
  ]);
  const events = storage.database.read.selectFrom("events").select("event_id");
  const newest = await events.orderBy("event_id", "desc").limit(1).executeTakeFirst();
  const analyze = tables.map((table) => `analyze ${table}`);
  return {
    ...storage,
    now,
    pausedUntil: now - 35 * day,
    eventId: newest?.event_id ?? "",
    async analyze(which) {
      if (which === "of full tables") await run(analyze);
      if (which === "from before deliveries waited") await run([...hideWaiting, ...analyze, ...showWaiting]);
    },
  };
}

/** Rows are inserted without the checks of foreign keys, where the role may switch them off. */
const fastFilling = [
  "set local synchronous_commit = off",
  "set local maintenance_work_mem = '512MB'",
  `do $$ begin perform set_config('session_replication_role', 'replica', true);
    exception when insufficient_privilege then null; end $$`,
];

async function execute(database: Database, statements: readonly string[]): Promise<void> {
  await database.writeWithoutTimeouts(async (trx) => {
    for (const setting of fastFilling) await sql.raw(setting).execute(trx);
    for (const statement of statements) await sql.raw(statement).execute(trx);
  });
}

const guid = (n: string): string => `'00000000-0000-4000-8000-' || lpad((${n})::text, 12, '0')`;

/** The id of a row that is created at `time`; see `createIds`. */
const orderedId = (time: string, n: string): string => {
  const hex = `lpad(to_hex((${time})::bigint), 12, '0')`;
  return `left(${hex}, 8) || '-' || right(${hex}, 4) || '-7000-8000-' || lpad((${n})::text, 12, '0')`;
};

function platformRows(now: number): string[] {
  return [
    `insert into event_types values ('own', '', null, null, ${now}), ('AppInstalled', '', null, null, ${now})`,
    `insert into apps select ${guid("i")}, 'App', 1, '[]', null, null, 1, 'jwt', 14400, ${now}, ${now}, null
     from generate_series(1, ${apps}) i`,
    `insert into sites select ${guid("i")}, 'Site', null, 'en', 'USD', null, ${now}, ${now}, null
     from generate_series(1, ${entries}) i`,
    `insert into instances
     select ${guid("i")}, ${guid(`i % ${apps} + 1`)}, ${guid(`i / ${apps} % ${sites} + 1`)}, 'installed', 1, '[]', null, null, null, null,
       ${now}, ${now}
     from generate_series(1, ${apps * sites}) i`,
    `insert into instances
     select ${guid("i")}, ${guid(`i % ${apps} + 1`)}, ${guid("i")}, 'installed', 1, '[]', null, null, null, null, ${now}, ${now}
     from generate_series(${apps * sites} + 1, ${entries}) i`,
    `insert into approvals select instance_id, app_id, site_id, '[]', ${now} from instances`,
    `insert into last_uses select instance_id, ${now} + row_number() over (), app_id, 1 from instances`,
    `insert into instance_sequences select instance_id, app_id, site_id, 'installed', 1000 from instances`,
    `insert into webhooks
     select ${guid("i")}, ${guid(`i % ${apps} + 1`)}, 'own', 'http://127.0.0.1:9', 'jwt', '', null, null, 0, null, 0,
       case i when 2 then ${now - 41 * day} end, null, ${now}, ${now}, case i when 4 then ${now} end,
       'not_required', 0, null, null, null
     from generate_series(1, ${webhooks}) i`,
  ];
}

function accountRows(now: number): string[] {
  const expiry = `case when i <= ${filled.expiredEntries} then ${now - 31 * day} else ${now + day} end + i`;
  return [
    `insert into platform values (1, 'filled', 1, 0, '', ${now})`,
    `insert into accounts
     select ${guid("i")}, i || '@example.com', 'Name', null, 1, 0, null, ${now}, ${now}
     from generate_series(1, ${accounts}) i`,
    `insert into account_sessions
     select ${guid("i")}, ${guid(`i % ${accounts} + 1`)}, 'digest ' || i + 1, 1, ${now}, ${now}, ${expiry}, ${expiry}
     from generate_series(1, ${entries}) i`,
    `insert into passkeys
     select 'passkey ' || i, ${guid(`i % ${accounts} + 1`)}, 'Name', '', 0, '[]', ${now}, null
     from generate_series(1, ${entries}) i`,
    `insert into install_links
     select ${guid("i")}, 'digest ' || i, ${guid(`i % ${apps} + 1`)}, ${guid(`i % ${sites} + 1`)}, ${now}, ${expiry}, null
     from generate_series(1, ${entries}) i`,
    `insert into portal_links
     select ${guid("i")}, 'digest ' || i, case when i % 2 = 0 then ${guid(`i % ${apps} + 1`)} end,
       case when i % 2 = 1 then ${guid(`i % ${sites} + 1`)} end, '[]', 'https://product.example', '{}', 'admin', ${now}, null, ${expiry}
     from generate_series(1, ${entries}) i`,
    `insert into install_requests
     select ${guid("i")}, ${guid(`i % ${apps} + 1`)}, ${guid(`i / 2 % ${sites} + 1`)}, 'account ' || i, '{}',
       case when i % 2 = 0 then 'pending' else 'declined' end, null, ${now}, null, ${expiry}
     from generate_series(1, ${entries}) i`,
    `insert into legacy_codes
     select 'code ' || i, ${guid(`i % ${apps} + 1`)}, ${guid("i % 1000 + 1")}, 1, 'https://app.example/', null, ${expiry}, null, null
     from generate_series(1, ${entries}) i`,
    `insert into legacy_install_tokens
     select 'token ' || i, ${guid(`i % ${apps} + 1`)}, ${guid(`i % ${sites} + 1`)}, 'account ' || i % 1000, ${expiry}, null
     from generate_series(1, ${entries}) i`,
    `insert into legacy_refresh_tokens
     select ${guid("i")}, 'digest ' || i, ${guid(`i % ${apps} + 1`)}, ${guid("i % 1000 + 1")}, 1, 1, ${now} - i
     from generate_series(1, ${entries}) i`,
    `insert into used_challenges select 'challenge ' || i, ${expiry} from generate_series(1, ${entries}) i`,
    `insert into roles values ('OWNER', null, ${now}, ${now})`,
    `insert into site_members
     select ${guid("i")}, ${guid(`i % ${accounts} + 1`)}, 'OWNER', 1, ${now}, ${now}, null
     from generate_series(1, ${accounts}) i`,
    `insert into app_developers
     select ${guid(`i % ${apps} + 1`)}, ${guid("i")}, ${now} from generate_series(1, ${accounts}) i`,
  ];
}

function eventRows(now: number): string[] {
  const { deliveries, due, expired, blocked, ordered, paused } = filled;
  const old = paused + expired;
  const firstDue = deliveries - due;
  const firstBlocked = firstDue - blocked;
  // One event and one delivery for each number: the oldest are of the paused webhook, then expired; the newest are due.
  const time = `case when i <= ${paused} then ${now - 40 * day} + i when i <= ${old} then ${now - 31 * day} + i
    else ${now - 29 * day} + (i - ${old}) * (${29 * day} / ${deliveries - old}) end`;
  return [
    `create temp table numbered on commit drop as
     select i, time, ${orderedId("time", "i")} collate "C" as id, ${guid(`(i * 7919::bigint) % ${apps * sites} + 1`)} as instance_id,
       case when i <= ${paused} then 'pending' when i > ${firstDue} then 'pending' when i > ${firstBlocked} then 'blocked'
         else 'delivered' end as status,
       case when i <= ${paused} then 2 when i > ${firstDue} and i % 100 = 0 then 4 when i > ${firstDue} then 1
         when i > ${firstBlocked} then 3 else i % ${webhooks - 4} + 5 end as webhook
     from (select i, ${time} as time from generate_series(1, ${deliveries}) i) numbers`,
    `insert into events
     select id, 'own', null, ${guid(`i % ${sites} + 1`)}, null, '{"some":"payload"}', null, time, null,
       case when i > ${firstDue} then null else time end
     from numbered`,
    `insert into deliveries
     select id, id, ${guid("webhook")}, ${guid(`webhook % ${apps} + 1`)}, instance_id, 'own', i, status,
       case status when 'delivered' then 1 else 0 end, 0, case status when 'delivered' then null else time end, null,
       case when i > ${firstDue} and i <= ${firstDue + ordered} then 1 else 0 end, 0, time,
       case status when 'delivered' then time end
     from numbered`,
    `update deliveries set blocks_until_attempted = 1 where delivery_id in
       (select id from numbered where i > ${firstDue + ordered} and i <= ${firstDue + ordered + blocked})`,
    `insert into delivery_attempts select id, 1, time, 12, 'jwt', 'delivered', 200, 'OK', null from numbered`,
  ];
}

function logRows(now: number): string[] {
  const time = `case when i <= ${filled.expiredEntries} then ${now - 31 * day} else ${now} end + i`;
  const unended = entries - 20_000;
  const series = `(select i, ${time} as time from generate_series(1, ${entries}) i) numbers`;
  return [
    `insert into token_log
     select ${orderedId("time", "i")}, ${guid("i % 100 + 1")}, time, ${guid("i % 1000")}, 'POST /oauth2/token',
       'reason ' || i % 7, 'client', 1, time, time, ${guid("i")}, ${guid("i")}
     from ${series}`,
    `insert into audit
     select ${orderedId("time", "i")}, case when i <= 100000 then 'retired' else 'admin' end,
       case when i <= 100000 then 'retired' else 'action ' || i % 7 end,
       ${guid(`i % ${apps} + 1`)}, ${guid(`i % ${sites} + 1`)}, ${guid(`i % ${apps * sites} + 1`)}, '{}', ${guid("i")}, time
     from ${series}`,
    `insert into service_plugin_calls
     select ${orderedId("time", "i")}, ${guid("i")}, ${guid(`i % ${apps} + 1`)}, ${guid("i")}, ${guid(`i % ${sites} + 1`)}, 'TYPE', 'method',
       'ANSWERED', 200, null, time, 5
     from ${series}`,
    // The newest 20,000 have not ended.
    `insert into jobs
     select ${orderedId("time", "i")}, 'resend', '{}', case when i > ${unended} then 'pending' else 'done' end,
       ${guid("i % 100 + 1")}, ${guid(`i % ${sites} + 1`)}, ${guid("i / 5")}, i % 5 + 1, '', 1, 0, 0, 0, 0, null,
       'admin', ${guid("i")}, time, time, case when i > ${unended} then null else time end,
       case when i > ${unended} then null when i <= ${filled.expiredEntries} then time else time + ${day} end
     from ${series}`,
    // The expired minutes have one row of each app, the others one for each of ten outcomes.
    `insert into counts
     select ${guid(`i % ${apps} + 1`)}, 'tokens', 'minute',
       case when i <= ${filled.expiredEntries} then ${now - 31 * day} + i / ${apps} * 60000 else ${now} - i / 100 % 10000 * 60000 end,
       'outcome ' || case when i <= ${filled.expiredEntries} then 0 else i / 10 % 10 end, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
     from ${series}`,
    `insert into revoked_tokens select ${guid("i")}, time from ${series}`,
    // 240 rows for each app: 30 days. The oldest rows are those of days that no longer count.
    `insert into event_usage
     select ${guid("i / 240")}, ${Math.floor(now / day)} - i % 30 - case when i < ${filled.expiredEntries} then 30 else 0 end,
       i / 30 % 8, 1000
     from generate_series(0, ${entries - 1}) i`,
    `insert into idempotency_keys select 'key ' || i % 3, ${guid("i")}, '', 200, '', time from ${series}`,
  ];
}

const hideWaiting = [
  "create temp table hidden on commit drop as select * from deliveries where ended_at is null",
  "delete from deliveries where ended_at is null",
  "create temp table unfanned on commit drop as select event_id from events where fanned_out_at is null",
  "update events set fanned_out_at = 0 where fanned_out_at is null",
];

const showWaiting = [
  "insert into deliveries select * from hidden",
  "update events set fanned_out_at = null where event_id in (select event_id from unfanned)",
];
