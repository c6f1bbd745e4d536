import { z } from "zod";
import type { Write } from "../database/index.ts";
import type { Exchange } from "../http/index.ts";
import { parse, readBody, readQuery } from "../routes/index.ts";
import {
  findFirstResponse,
  type IdempotentRequest,
  type IdempotentResponse,
  readIdempotencyKey,
  runOnce,
} from "./idempotency.ts";
import {
  type ManagementCall,
  type ManagementRoute,
  type ManagementRouteInfo,
  managementRoute,
  type NoFields,
  noFields,
  type PathIds,
  type ReadCall,
  type Reply,
  readCallOf,
} from "./management-route.ts";
import { entityTagHeader, entityTagOf, preconditionHeader, requireMatch } from "./precondition.ts";
import type { Actor, Principal } from "./principal.ts";

interface ChangeCall<Path extends string, Body extends z.ZodObject, Query extends z.ZodObject = NoFields> {
  readonly trx: Write;
  readonly actor: Actor;
  readonly ids: PathIds<Path>;
  readonly principal: Principal;
  readonly body: z.output<Body>;
  readonly query: z.output<Query>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * A route that changes the database: POST, PUT, PATCH or DELETE. The change and the response to a repeated
 * `Idempotency-Key` are stored in one transaction.
 */
export function change<
  Path extends string,
  Response extends z.ZodType = z.ZodVoid,
  Body extends z.ZodObject = NoFields,
  Query extends z.ZodObject = NoFields,
  Prepared = undefined,
>(
  route: ManagementRouteInfo<Path> & {
    readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
    readonly body?: Body;
    readonly query?: Query;
    /** Default: the response is `{}`. */
    readonly response?: Response;
    /** Runs before the transaction: for slow work such as creating keys, and for work with transactions of its own. */
    prepare?(
      body: z.output<Body>,
      principal: Principal,
      call: { readonly actor: Actor; readonly exchange: Exchange; readonly ids: PathIds<Path> },
    ): Promise<Prepared>;
    /**
     * For a PATCH that accepts `If-Match`: reads the object, and locks it until the transaction ends. The route that reads
     * the object has `changes`.
     */
    current?(call: { readonly trx: Write; readonly ids: PathIds<Path> }): Promise<z.input<Response>>;
    handle(call: ChangeCall<Path, Body, Query> & { prepared: Prepared }): Promise<z.input<Response>>;
  },
): ManagementRoute {
  const { body: changes, current, response = z.object({}) } = route;
  return managementRoute({
    ...route,
    response,
    ...(current && { headers: preconditionHeader, responseHeaders: entityTagHeader }),
    errors: [...(route.errors ?? []), ...(current ? (["PRECONDITION_FAILED"] as const) : [])],
    async run(call) {
      const { actor, ids, principal } = call;
      const { clock, database, vault } = call.deps;
      const query = readQuery(route.query ?? noFields, call.request.url) as z.output<Query>;
      const { body, idempotent } = await readChange(route, call);
      if (idempotent && route.prepare) {
        const first = await findFirstResponse(database.read, vault, idempotent);
        if (first) return replyOf(first);
      }
      const prepared = (await route.prepare?.(body, principal, {
        actor,
        exchange: call.exchange,
        ids: ids as PathIds<Path>,
      })) as Prepared;
      return await database.write(async (trx): Promise<Reply> => {
        const now = clock.now();
        const ifMatch = call.request.headers.get("if-match");
        if (changes && current && ifMatch !== null) {
          requireMatch(ifMatch, entityTagOf(changes, await current({ trx, ids: ids as PathIds<Path> })));
        }
        const changeCall = { trx, actor, ids: ids as PathIds<Path>, principal, body, query, now, prepared };
        const handle = async () => (await route.handle(changeCall)) ?? {};
        if (idempotent !== undefined)
          return replyOf(await runOnce(trx, { ...idempotent, vault, now }, handle));
        const result = await handle();
        if (changes === undefined || current === undefined) return { body: result };
        return { body: result, headers: { etag: entityTagOf(changes, result) } };
      });
    },
  });
}

/** A POST that does not change the database, such as a call of an endpoint. A repeated `Idempotency-Key` gets the first response. */
export function action<Path extends string, Response extends z.ZodType, Body extends z.ZodObject>(
  route: ManagementRouteInfo<Path> & {
    readonly body: Body;
    readonly response: Response;
    handle(call: ReadCall<Path> & { body: z.output<Body> }): Promise<z.input<Response>>;
  },
): ManagementRoute {
  return managementRoute({
    ...route,
    method: "POST",
    async run(call) {
      const { clock, database, vault } = call.deps;
      readQuery(noFields, call.request.url);
      const { body, idempotent } = await readChange({ ...route, method: "POST" }, call);
      const first = idempotent && (await findFirstResponse(database.read, vault, idempotent));
      if (first) return replyOf(first);
      const result = await route.handle({ ...readCallOf<Path>(call), body });
      if (idempotent === undefined) return { body: result };
      const now = clock.now();
      return replyOf(
        await database.write((trx) => runOnce(trx, { ...idempotent, vault, now }, async () => result)),
      );
    },
  });
}

/** Reads the body, and the identity of a request with an `Idempotency-Key`. */
async function readChange<Body extends z.ZodObject>(
  route: Pick<ManagementRouteInfo, "bodyLimit"> & { readonly method: string; readonly body?: Body },
  { principal, request }: ManagementCall,
): Promise<{ body: z.output<Body>; idempotent: IdempotentRequest | undefined }> {
  const key = route.method === "POST" ? readIdempotencyKey(request.headers) : undefined;
  const given = await readBody(request, route.bodyLimit);
  const body = parse(route.body ?? noFields, given, "body") as z.output<Body>;
  const { pathname: path } = new URL(request.url);
  if (key === undefined) return { body, idempotent: undefined };
  return { body, idempotent: { principal: principal.name, key, method: request.method, path, body: given } };
}

function replyOf({ body, replayed }: IdempotentResponse): Reply {
  return { body, headers: replayed ? { "idempotent-replayed": "true" } : {} };
}
