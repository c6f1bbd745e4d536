import { z } from "zod";
import type { Clock } from "../clock/index.ts";
import type { Vault } from "../crypto/index.ts";
import type { Database, Queries } from "../database/index.ts";
import type { ApiErrorCode } from "../errors/index.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Actor, Principal } from "./principal.ts";
import { documentedPageQuery, pageQuery, readQuery } from "./request.ts";

/** The root of the API. */
export const managementPath = "/admin/v1";

/** What a route says about itself: enough to check a caller and to document it. */
export interface RouteFacts<Path extends string = string> {
  /** Below the root of the API, ids in braces: `/apps/{appId}`. */
  readonly path: Path;
  /** Heading in the reference. */
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  /** What the caller's key must hold. */
  readonly scope: string;
  /** Refusals besides those that every route has. */
  readonly errors?: readonly ApiErrorCode[];
  /**
   * Lets a key that is bound to one app call a path without `{appId}`; the handler then keeps to
   * `principal.appId`. Such keys are refused otherwise.
   */
  readonly servesBoundKeys?: true;
  /** Largest body that it takes, in bytes. Default: 65,536. */
  readonly bodyLimit?: number;
  /** Names in the path that are no GUIDs, with what they have to be; another value is a violation. */
  readonly names?: Readonly<Record<string, z.ZodType<string, string>>>;
}

/** The ids in a path: names as they are; GUIDs in lower case, or one that nothing has when the path held something else. */
export type PathIds<Path extends string> = Readonly<Record<NamesIn<Path>, string>>;
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type NoFields = z.ZodObject<Record<never, never>>;
export const noFields: NoFields = z.strictObject({});

/** One request on its way to a route. */
export interface Call {
  readonly sources: RouteSources;
  readonly request: Request;
  readonly principal: Principal;
  readonly actor: Actor;
  readonly ids: Readonly<Record<string, string>>;
}

/** What routes run on. */
export interface RouteSources {
  readonly database: Database;
  readonly clock: Clock;
  readonly vault: Vault;
}

export interface Reply {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route as the API runs and documents it; made by {@link read}, {@link list}, {@link change} and {@link act}. */
export interface Route extends RouteFacts {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodObject | undefined;
  readonly answer: z.ZodType;
  run(call: Call): Promise<Reply>;
}

/** A call of a route that only reads. */
export interface Reading<Path extends string> {
  readonly db: Queries;
  readonly ids: PathIds<Path>;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A GET of one thing. */
export function read<Path extends string, Answer extends z.ZodType>(
  route: RouteFacts<Path> & {
    readonly answer: Answer;
    handle(call: Reading<Path>): Promise<z.input<Answer>>;
  },
): Route {
  return {
    ...route,
    method: "get",
    async run(call) {
      readQuery(noFields, call.request.url);
      return { body: await route.handle(readingOf<Path>(call)) };
    },
  };
}

/** Where a page begins, and how many items to look for: one more than it shows. */
export interface Page {
  /** Position of the last item before; empty on the first page. */
  readonly after: string;
  readonly limit: number;
}

/** One page of things that are all at hand, in rising order of their positions. */
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

/** A GET of many things, page by page. */
export function list<
  Path extends string,
  Thing,
  Item extends z.ZodType,
  Filters extends z.ZodObject = NoFields,
>(
  route: RouteFacts<Path> & {
    readonly item: Item;
    readonly filters?: Filters;
    find(call: Reading<Path> & { page: Page; filters: z.output<Filters> }): Promise<Thing[]>;
    /** What the next page begins behind. */
    position(thing: Thing): string;
    show(thing: Thing, now: number): z.input<Item>;
  },
): Route {
  const { item, ...facts } = route;
  const filters: z.ZodObject = route.filters ?? noFields;
  const query = filters.extend(pageQuery);
  return {
    ...facts,
    method: "get",
    query: filters.extend(documentedPageQuery),
    answer: z.object({ items: z.array(item), nextCursor: z.string().nullable() }),
    async run(call) {
      const { limit, cursor, ...rest } = readQuery(query, call.request.url) as PageRequest;
      const { vault } = call.sources;
      const name = JSON.stringify([route.operationId, call.ids, call.principal.appId ?? null, rest]);
      const page = { after: cursor === undefined ? "" : readCursor(vault, name, cursor), limit: limit + 1 };
      const reading = readingOf<Path>(call);
      const found = await route.find({ ...reading, page, filters: rest as z.output<Filters> });
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      const nextCursor = last === undefined ? null : writeCursor(vault, name, route.position(last));
      return { body: { items: items.map((thing) => route.show(thing, reading.now)), nextCursor } };
    },
  };
}

/** What a handler that only reads is given. */
export function readingOf<Path extends string>(call: Call): Reading<Path> {
  const { database, clock } = call.sources;
  return {
    db: database.read,
    ids: call.ids as PathIds<Path>,
    principal: call.principal,
    now: clock.now(),
  };
}
