import type { z } from "zod";
import type { Write } from "../database/index.ts";
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
  type Reading,
  type Reply,
  readingOf,
} from "./management-route.ts";
import type { Actor, Principal } from "./principal.ts";

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
 * A POST, PUT, PATCH or DELETE. All it does happens in one write transaction, with the record that lets a repeated
 * `Idempotency-Key` get the first response.
 */
export function change<
  Path extends string,
  Answer extends z.ZodType,
  Body extends z.ZodObject = NoFields,
  Prepared = undefined,
>(
  route: ManagementRouteInfo<Path> & {
    readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
    readonly body?: Body;
    readonly response: Answer;
    /** What takes long, such as making keys, or writes by itself: done before the transaction begins. */
    prepare?(body: z.output<Body>): Promise<Prepared>;
    handle(call: Changing<Path, Body> & { prepared: Prepared }): Promise<z.input<Answer>>;
  },
): ManagementRoute {
  return managementRoute({
    ...route,
    async run(call) {
      const { actor, ids, principal } = call;
      const { clock, database, vault } = call.deps;
      const { body, repeatable } = await readChange(route, call);
      if (repeatable && route.prepare) {
        const first = await findFirstResponse(database.read, vault, repeatable);
        if (first) return replyOf(first);
      }
      const prepared = (await route.prepare?.(body)) as Prepared;
      return await database.write(async (trx): Promise<Reply> => {
        const now = clock.now();
        const changing = { trx, actor, ids: ids as PathIds<Path>, principal, body, now, prepared };
        if (repeatable === undefined) return { body: await route.handle(changing) };
        return replyOf(await runOnce(trx, { ...repeatable, vault, now }, () => route.handle(changing)));
      });
    },
  });
}

/**
 * A POST that changes nothing in the database: it calls somebody, or makes something out of what there is. A repeated
 * `Idempotency-Key` gets the first response.
 */
export function act<Path extends string, Answer extends z.ZodType, Body extends z.ZodObject>(
  route: ManagementRouteInfo<Path> & {
    readonly body: Body;
    readonly response: Answer;
    handle(call: Reading<Path> & { body: z.output<Body> }): Promise<z.input<Answer>>;
  },
): ManagementRoute {
  return managementRoute({
    ...route,
    method: "POST",
    async run(call) {
      const { clock, database, vault } = call.deps;
      const { body, repeatable } = await readChange({ ...route, method: "POST" }, call);
      const first = repeatable && (await findFirstResponse(database.read, vault, repeatable));
      if (first) return replyOf(first);
      const result = await route.handle({ ...readingOf<Path>(call), body });
      if (repeatable === undefined) return { body: result };
      const now = clock.now();
      return replyOf(
        await database.write((trx) => runOnce(trx, { ...repeatable, vault, now }, async () => result)),
      );
    },
  });
}

/** The body that a route takes, and what makes a repeated request known. */
async function readChange<Body extends z.ZodObject>(
  route: Pick<ManagementRouteInfo, "bodyLimit"> & { readonly method: string; readonly body?: Body },
  { principal, request }: ManagementCall,
): Promise<{ body: z.output<Body>; repeatable: IdempotentRequest | undefined }> {
  readQuery(noFields, request.url);
  const key = route.method === "POST" ? readIdempotencyKey(request.headers) : undefined;
  const given = await readBody(request, route.bodyLimit);
  const body = parse(route.body ?? noFields, given, "body") as z.output<Body>;
  const { pathname: path } = new URL(request.url);
  if (key === undefined) return { body, repeatable: undefined };
  return { body, repeatable: { principal: principal.name, key, method: request.method, path, body: given } };
}

function replyOf({ body, replayed }: IdempotentResponse): Reply {
  return { body, headers: replayed ? { "idempotent-replayed": "true" } : {} };
}
