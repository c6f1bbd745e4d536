import { type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import { lastUse, type Queries, type Schema } from "../../infrastructure/database/index.ts";
import type { FoundPage, Page } from "../../infrastructure/management/index.ts";
import type { Instance, InstanceState } from "./instance.ts";
import { readInstances } from "./instances.queries.ts";

/** Instances of an app, of a site, or of both. Absent filters match all. */
export interface InstanceFilters {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly state?: InstanceState | undefined;
  /** `old`: the owner has to decide about scopes that the app added. */
  readonly grant?: "old" | undefined;
  /** `never`: the instance has never got a token. */
  readonly token?: "never" | undefined;
}

/** An instance with its position in the order of its list. */
export interface ListedInstance {
  readonly instance: Instance;
  readonly position: string;
}

/** Rows that are read for a page, in the order of an index, to apply the filters that the index lacks. */
const maxRowsRead = 5_000;

interface Row {
  readonly id: string;
  readonly used_at: number;
}

type Order = readonly (readonly [column: keyof Row, direction: "asc" | "desc"])[];

/** A page of instances by id. It may have few of them, or none, although others follow. */
export async function findInstances(
  db: Queries,
  { grant, state, token, ...owners }: InstanceFilters,
  page: Page,
): Promise<FoundPage<ListedInstance>> {
  // Pending approvals have the same indexes by app and by site.
  const isOld = grant === "old";
  const table = (isOld ? db.selectFrom("approvals") : db.selectFrom("instances")) as SelectQueryBuilder<
    Schema,
    "instances",
    object
  >;
  let rows = table
    .select(["instance_id as id", sql<number>`0`.as("used_at")])
    .where("instance_id", ">", page.after);
  if (owners.appId !== undefined) rows = rows.where("app_id", "=", owners.appId);
  if (owners.siteId !== undefined) rows = rows.where("site_id", "=", owners.siteId);
  if (!isOld && state !== undefined) rows = rows.where("state", "=", state);
  return await findPage(db, rows, {
    others: conditions({ state: isOld ? state : undefined, token }),
    order: [["id", "asc"]],
    page,
    position: ({ id }) => id,
  });
}

/** A page of the instances of an app that have got a token: the newest token first. */
export async function findByLastToken(
  db: Queries,
  { appId, grant, state }: Pick<InstanceFilters, "grant" | "state"> & { readonly appId: string },
  page: Page,
): Promise<FoundPage<ListedInstance>> {
  let rows = db.selectFrom("last_uses").select(["id", "used_at"]).where("app_id", "=", appId);
  const [usedAt, id] = page.after.split(" ");
  if (id !== undefined) rows = rows.where(sql<SqlBool>`(used_at, id) < (${Number(usedAt)}, ${id})`);
  return await findPage(db, rows, {
    others: conditions({ grant, state }),
    order: [
      ["used_at", "desc"],
      ["id", "desc"],
    ],
    page,
    position: (row) => `${row.used_at} ${row.id}`,
  });
}

/** Conditions on a row `listed`. Scalar subqueries, because PostgreSQL then uses the primary key for each row. */
function conditions({ grant, state, token }: InstanceFilters): RawBuilder<SqlBool>[] {
  const instance = sql`(select i.state from instances as i where i.instance_id = listed.id)`;
  const approval = sql`(select a.app_id from approvals as a where a.instance_id = listed.id)`;
  return [
    ...(state === undefined ? [] : [sql<SqlBool>`${instance} = ${state}`]),
    ...(grant === undefined ? [] : [sql<SqlBool>`${approval} is not null`]),
    ...(token === undefined ? [] : [sql<SqlBool>`${lastUse("listed.id")} is null`]),
  ];
}

async function findPage<Table extends keyof Schema>(
  db: Queries,
  query: SelectQueryBuilder<Schema, Table, Row>,
  list: {
    readonly order: Order;
    readonly others: readonly RawBuilder<SqlBool>[];
    readonly page: Page;
    position(row: Row): string;
  },
): Promise<FoundPage<ListedInstance>> {
  const { order, others, page, position } = list;
  let read = query;
  for (const [column, direction] of order) read = read.orderBy(sql.ref(column), direction);
  if (others.length === 0)
    return { rows: await withInstances(db, await read.limit(page.limit).execute(), position) };
  let select = db.selectFrom(read.limit(maxRowsRead).as("listed")).select(["id", "used_at"]);
  for (const [column, direction] of order) select = select.orderBy(sql.ref(column), direction);
  for (const condition of others) select = select.where(condition);
  const found = (await select.limit(page.limit).execute()) as Row[];
  const rows = await withInstances(db, found, position);
  if (found.length === page.limit) return { rows };
  const [last] = await read
    .limit(1)
    .offset(maxRowsRead - 1)
    .execute();
  return { rows, continueAfter: last && position(last) };
}

async function withInstances(
  db: Queries,
  rows: readonly Row[],
  position: (row: Row) => string,
): Promise<ListedInstance[]> {
  const instances = await readInstances(
    db,
    rows.map(({ id }) => id),
  );
  return rows.flatMap((row) => {
    const instance = instances.find(({ instanceId }) => instanceId === row.id);
    return instance === undefined ? [] : [{ instance, position: position(row) }];
  });
}
