import { z } from "zod";
import { readQuery } from "../routes/index.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import {
  type ManagementRoute,
  type ManagementRouteInfo,
  managementRoute,
  type NoFields,
  noFields,
  type Reading,
  readingOf,
} from "./management-route.ts";
import { documentedPageQuery, pageQuery } from "./page-query.ts";
import { requireOwnApp } from "./principal.ts";

/** A GET of one thing. */
export function read<Path extends string, Answer extends z.ZodType>(
  route: ManagementRouteInfo<Path> & {
    readonly response: Answer;
    handle(call: Reading<Path>): Promise<z.input<Answer>>;
  },
): ManagementRoute {
  return managementRoute({
    ...route,
    method: "GET",
    async run(call) {
      readQuery(noFields, call.request.url);
      return { body: await route.handle(readingOf<Path>(call)) };
    },
  });
}

/** Where a page begins, and how many items to look for: one more than it shows. */
export interface Page {
  /** Position of the last item before; empty on the first page. */
  readonly after: string;
  readonly limit: number;
}

/** One page of a list in memory, in rising order of positions. */
export function pageOf<Thing>(
  things: readonly Thing[],
  page: Page,
  position: (thing: Thing) => string,
): Thing[] {
  return things.filter((thing) => position(thing) > page.after).slice(0, page.limit);
}

/** What {@link pageQuery} reads, and filters. */
interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly [filter: string]: unknown;
}

/** A GET of many things, page by page. A key that is bound to one app may name no other in the filter `appId`. */
export function list<
  Path extends string,
  Thing,
  Item extends z.ZodType,
  Filters extends z.ZodObject = NoFields,
>(
  route: ManagementRouteInfo<Path> & {
    readonly item: Item;
    readonly filters?: Filters;
    find(call: Reading<Path> & { page: Page; filters: z.output<Filters> }): Promise<Thing[]>;
    /** The position of an item, after which the next page begins. */
    position(thing: Thing): string;
    show(thing: Thing, now: number): z.input<Item>;
  },
): ManagementRoute {
  const filters: z.ZodObject = route.filters ?? noFields;
  const query = filters.extend(pageQuery);
  return managementRoute({
    ...route,
    method: "GET",
    query: filters.extend(documentedPageQuery),
    response: z.object({ items: z.array(route.item), nextCursor: z.string().nullable() }),
    async run(call) {
      const { limit, cursor, ...rest } = readQuery(query, call.request.url) as PageRequest;
      if (typeof rest.appId === "string") requireOwnApp(call.principal, rest.appId);
      const { vault } = call.deps;
      const name = JSON.stringify([route.operationId, call.ids, call.principal.appId ?? null, rest]);
      const page = { after: cursor === undefined ? "" : readCursor(vault, name, cursor), limit: limit + 1 };
      const reading = readingOf<Path>(call);
      const found = await route.find({ ...reading, page, filters: rest as z.output<Filters> });
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      const nextCursor = last === undefined ? null : writeCursor(vault, name, route.position(last));
      return { body: { items: items.map((thing) => route.show(thing, reading.now)), nextCursor } };
    },
  });
}
