import { z } from "zod";
import type { Actor } from "../audit/index.ts";
import type { Clock } from "../clock/index.ts";
import type { Database, Queries, Write } from "../db/index.ts";
import type { ApiErrorCode } from "../errors/index.ts";
import type { Vault } from "../keys/index.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { doOnce, findFirstAnswer, type RepeatableAnswer, readIdempotencyKey } from "./idempotency.ts";
import type { Principal } from "./principal.ts";
import { documentedPageQuery, pageQuery, readBody, readQuery } from "./request.ts";
import { parse } from "./violations.ts";

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
}

/** The ids in a path: GUIDs in lower case, or one that nothing has when the path held something else. */
export type PathIds<Path extends string> = Readonly<Record<NamesIn<Path>, string>>;
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

type NoFields = z.ZodObject<Record<never, never>>;
const noFields: NoFields = z.strictObject({});

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

/** A route as the API runs and documents it; made by {@link read}, {@link list} and {@link change}. */
export interface Route extends RouteFacts {
  readonly method: "get" | "post" | "patch" | "delete";
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodObject | undefined;
  readonly answer: z.ZodType;
  run(call: Call): Promise<Reply>;
}

interface Reading<Path extends string> {
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

interface Changing<Path extends string, Body extends z.ZodObject> {
  readonly trx: Write;
  readonly actor: Actor;
  readonly ids: PathIds<Path>;
  readonly principal: Principal;
  readonly body: z.output<Body>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * A POST, PATCH or DELETE. All it does happens in one write transaction, with the record that lets a repeated
 * `Idempotency-Key` get the first answer.
 */
export function change<
  Path extends string,
  Answer extends z.ZodType,
  Body extends z.ZodObject = NoFields,
  Prepared = undefined,
>(
  route: RouteFacts<Path> & {
    readonly method: "post" | "patch" | "delete";
    readonly body?: Body;
    readonly answer: Answer;
    /** What takes long, such as making keys, or writes by itself: done before the transaction begins. */
    prepare?(body: z.output<Body>): Promise<Prepared>;
    handle(call: Changing<Path, Body> & { prepared: Prepared }): Promise<z.input<Answer>>;
  },
): Route {
  return {
    ...route,
    async run({ actor, ids, principal, request, sources }) {
      const { clock, database, vault } = sources;
      readQuery(noFields, request.url);
      const key = route.method === "post" ? readIdempotencyKey(request.headers) : undefined;
      const given = await readBody(request);
      const body = parse(route.body ?? noFields, given, "body") as z.output<Body>;
      const { pathname: path } = new URL(request.url);
      const repeatable =
        key === undefined
          ? undefined
          : { principal: principal.name, key, method: request.method, path, body: given };
      if (repeatable && route.prepare) {
        const first = await findFirstAnswer(database.read, vault, repeatable);
        if (first) return replyOf(first);
      }
      const prepared = (await route.prepare?.(body)) as Prepared;
      return await database.write(async (trx): Promise<Reply> => {
        const now = clock.now();
        const call = { trx, actor, ids: ids as PathIds<Path>, principal, body, now, prepared };
        if (repeatable === undefined) return { body: await route.handle(call) };
        return replyOf(await doOnce(trx, { ...repeatable, vault, now }, () => route.handle(call)));
      });
    },
  };
}

function replyOf({ body, replayed }: RepeatableAnswer): Reply {
  return { body, headers: replayed ? { "idempotent-replayed": "true" } : {} };
}

function readingOf<Path extends string>(call: Call): Reading<Path> {
  const { database, clock } = call.sources;
  return {
    db: database.read,
    ids: call.ids as PathIds<Path>,
    principal: call.principal,
    now: clock.now(),
  };
}
