import { sql } from "kysely";
import type { InstallRequestsTable, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  type FoundPage,
  findNewest,
  type NewestFirst,
  type Page,
  pageAfter,
} from "../../../infrastructure/management/index.ts";

/**
 * Inserts a request. If the account has a pending one for the app and the site, replaces only its return address.
 *
 * @returns its id, and whether it is new
 */
export async function putRequest(
  trx: Write,
  request: InstallRequestsTable,
): Promise<{ requestId: string; isNew: boolean }> {
  const { return_to } = request;
  const { request_id } = await trx
    .insertInto("install_requests")
    .values(request)
    .onConflict((conflict) =>
      conflict
        .columns(["site_id", "app_id", "account_id"])
        .where("state", "=", sql.lit("pending"))
        .doUpdateSet({ return_to }),
    )
    .returning("request_id")
    .executeTakeFirstOrThrow();
  return { requestId: request_id, isNew: request_id === request.request_id };
}

/** Counts the pending requests of an account or a site, up to `limit`. */
export async function countPending(
  db: Queries,
  column: "account_id" | "site_id",
  { id, limit }: { id: string; limit: number },
): Promise<number> {
  const pending = await db
    .selectFrom("install_requests")
    .select("request_id")
    .where(column, "=", id)
    .where("state", "=", "pending")
    .limit(limit)
    .execute();
  return pending.length;
}

/** Throws `INSTALL_REQUEST_NOT_FOUND`. */
export async function readRequest(db: Queries, requestId: string): Promise<InstallRequestsTable> {
  return await db
    .selectFrom("install_requests")
    .selectAll()
    .where("request_id", "=", requestId)
    .executeTakeFirstOrThrow(() => new ApiError("INSTALL_REQUEST_NOT_FOUND"));
}

/** Decides a request, unless that was done before or it has expired at `now`. Returns whether this call did. */
export async function decideRequest(
  trx: Write,
  decision: { requestId: string; state: "approved" | "declined"; decidedBy: string; now: number },
): Promise<boolean> {
  const { decidedBy: decided_by, now, requestId, state } = decision;
  const { numUpdatedRows } = await trx
    .updateTable("install_requests")
    .set({ state, decided_by, decided_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "pending")
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

interface RequestFilters {
  readonly siteId: string;
  readonly state?: InstallRequestsTable["state"] | undefined;
  /** Who asked. */
  readonly accountId?: string | undefined;
}

/** One page of the requests of a site, the oldest first. */
export async function listRequests(
  db: Queries,
  { accountId, siteId, state, ...page }: Page & RequestFilters,
): Promise<InstallRequestsTable[]> {
  let requests = db.selectFrom("install_requests").selectAll().where("site_id", "=", siteId);
  if (accountId !== undefined) requests = requests.where("account_id", "=", accountId);
  if (state !== undefined) requests = requests.where("state", "=", state);
  return await pageAfter(requests, "request_id", page).execute();
}

const all: NewestFirst = { id: "request_id", filters: { state: "state" }, indexes: [] };

/** One page of the requests of all sites, the newest first. */
export async function listAllRequests(
  db: Queries,
  filters: { readonly state?: InstallRequestsTable["state"] | undefined },
  page: Page,
): Promise<FoundPage<InstallRequestsTable>> {
  const rows = db.selectFrom("install_requests").selectAll();
  return await findNewest(db, rows, { list: all, filters, page });
}
