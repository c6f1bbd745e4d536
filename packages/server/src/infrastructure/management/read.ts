import { z } from "zod";
import { itemTooLarge, maxListBytes } from "../http/index.ts";
import { readQuery } from "../routes/index.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import {
  type ManagementRoute,
  type ManagementRouteInfo,
  managementRoute,
  type NoFields,
  noFields,
  type ReadCall,
  readCallOf,
} from "./management-route.ts";
import { documentedPageQuery, pageQuery } from "./page-query.ts";
import { entityTagHeader, entityTagOf } from "./precondition.ts";
import { requireOwnApp, restrictedAccount } from "./principal.ts";

/** Defines a GET route that returns one object. */
export function read<Path extends string, Response extends z.ZodType, Query extends z.ZodObject = NoFields>(
  route: ManagementRouteInfo<Path> & {
    readonly query?: Query;
    readonly response: Response;
    /** The body of the PATCH that changes the object: the response has an `ETag` for it. */
    readonly changes?: z.ZodObject;
    handle(call: ReadCall<Path> & { readonly query: z.output<Query> }): Promise<z.input<Response>>;
  },
): ManagementRoute {
  const { changes } = route;
  return managementRoute({
    ...route,
    method: "GET",
    ...(changes && { responseHeaders: entityTagHeader }),
    async run(call) {
      const query = readQuery(route.query ?? noFields, call.request.url) as z.output<Query>;
      const body = await route.handle({ ...readCallOf<Path>(call), query });
      if (changes === undefined) return { body };
      return { body, headers: { etag: entityTagOf(changes, body) } };
    },
  });
}

/** The requested page of a list. `limit` is one more than the page shows, to know whether there is a next page. */
export interface Page {
  /** Position of the last item of the previous page; empty on the first page. */
  readonly after: string;
  readonly limit: number;
}

/** The rows of a page that may end before its limit, where the list continues after another position. */
export interface FoundPage<Row> {
  readonly rows: readonly Row[];
  /** Undefined at the end of the list. */
  readonly continueAfter?: string | undefined;
}

/** Returns a page of `rows`, which must be sorted by `position`. */
export function pageOf<Row>(rows: readonly Row[], page: Page, position: (row: Row) => string): Row[] {
  return rows.filter((row) => position(row) > page.after).slice(0, page.limit);
}

/** The JSON of the first rows that fit into a response. Throws `ITEM_TOO_LARGE` if the first does not fit. */
function fitting<Row>(rows: readonly Row[], toJson: (row: Row) => string): string[] {
  const items: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const item = toJson(row);
    bytes += Buffer.byteLength(item);
    if (bytes > maxListBytes && items.length === 0) throw itemTooLarge(bytes);
    if (bytes > maxListBytes) break;
    items.push(item);
  }
  return items;
}

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly [filter: string]: unknown;
}

/**
 * A GET of a list in pages. A page ends before its items have more than {@link maxListBytes} bytes. A key that is bound to
 * one app may filter by this `appId` only.
 */
export function list<
  Path extends string,
  Row,
  Item extends z.ZodType,
  Filters extends z.ZodObject = NoFields,
  Summary extends z.ZodType = z.ZodNull,
>(
  route: ManagementRouteInfo<Path> & {
    readonly item: Item;
    readonly filters?: Filters;
    /** The field `summary` of the response, beside the items of a page. Default: none. */
    readonly withSummary?: {
      readonly schema: Summary;
      read(call: ReadCall<Path>): Promise<z.input<Summary>>;
    };
    find(call: ReadCall<Path> & { page: Page; filters: z.output<Filters> }): Promise<Row[] | FoundPage<Row>>;
    /** The position of an item in the order of the list. */
    position(row: Row): string;
    show(row: Row, now: number): z.input<Item>;
  },
): ManagementRoute {
  const filters: z.ZodObject = route.filters ?? noFields;
  const query = filters.extend(pageQuery);
  const { withSummary } = route;
  return managementRoute({
    ...route,
    method: "GET",
    query: filters.extend(documentedPageQuery),
    response: z.object({
      ...{ items: z.array(route.item), nextCursor: z.string().nullable() },
      ...(withSummary && { summary: withSummary.schema }),
    }),
    async run(call) {
      const { limit, cursor, ...rest } = readQuery(query, call.request.url) as PageRequest;
      if (typeof rest.appId === "string") requireOwnApp(call.principal, rest.appId);
      const { vault } = call.deps;
      const { appId, siteId } = call.principal;
      const restricted = appId ?? siteId ?? restrictedAccount(call.principal)?.accountId ?? null;
      const name = JSON.stringify([route.operationId, call.ids, restricted, rest]);
      const page = { after: cursor === undefined ? "" : readCursor(vault, name, cursor), limit: limit + 1 };
      const readCall = readCallOf<Path>(call);
      const found = await route.find({ ...readCall, page, filters: rest as z.output<Filters> });
      const { continueAfter, rows } = Array.isArray(found) ? { rows: found } : found;
      const items = fitting(rows.slice(0, limit), (row) => JSON.stringify(route.show(row, readCall.now)));
      const last = rows.length > items.length ? rows[items.length - 1] : undefined;
      const next = last === undefined ? continueAfter : route.position(last);
      const nextCursor = next === undefined ? null : writeCursor(vault, name, next);
      const json = `{"items":[${items.join(",")}],"nextCursor":${JSON.stringify(nextCursor)}`;
      if (withSummary === undefined) return { json: `${json}}` };
      return { json: `${json},"summary":${JSON.stringify(await withSummary.read(readCall))}}` };
    },
  });
}
