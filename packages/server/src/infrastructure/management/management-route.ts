import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import type { Clock } from "../clock/index.ts";
import type { Vault } from "../crypto/index.ts";
import type { Database, Queries } from "../database/index.ts";
import type { ApiErrorCode } from "../errors/index.ts";
import { jsonResponse } from "../http/index.ts";
import { type Method, parse, type Route, type RouteCall } from "../routes/index.ts";
import { idempotencyHeader } from "./idempotency.ts";
import {
  type Actor,
  type Authenticate,
  type Principal,
  refuseBoundKey,
  requireOwnApp,
  requireScope,
} from "./principal.ts";

/** The root of the management API. */
const managementPath = "/admin/v1";

/** What the management API runs on. */
export interface ManagementDependencies {
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  readonly database: Database;
  readonly vault: Vault;
}

/** A route of the management API, which becomes a {@link Route} with what it runs on. */
export type ManagementRoute = (deps: ManagementDependencies) => Route;

/** What every route of the management API declares. */
export interface ManagementRouteInfo<Path extends string = string> {
  /** Below the root of the API, ids in braces: `/apps/{appId}`. */
  readonly path: Path;
  /** Heading in the reference. */
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  /** The scope that the caller's key needs. */
  readonly scope: string;
  /** A body for the example of the reference. Default: made from the schema. */
  readonly example?: unknown;
  /** Errors besides those of every route. */
  readonly errors?: readonly ApiErrorCode[];
  /**
   * Lets a key that is bound to one app call a path without `{appId}`; the handler then keeps to
   * `principal.appId`. Such keys are refused otherwise.
   */
  readonly servesBoundKeys?: true;
  /** Largest body, in bytes. Default: 65,536. */
  readonly bodyLimit?: number;
  /** Schemas of names in the path that are not GUIDs. */
  readonly names?: Readonly<Record<string, z.ZodType<string, string>>>;
}

/** The ids in a path: names as they are; GUIDs in lower case, or one that nothing has when the path held something else. */
export type PathIds<Path extends string> = Readonly<Record<NamesIn<Path>, string>>;
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type NoFields = z.ZodObject<Record<never, never>>;
export const noFields: NoFields = z.strictObject({});

/** A request of a caller who may make it. */
export interface ManagementCall extends RouteCall {
  readonly deps: ManagementDependencies;
  readonly principal: Principal;
  readonly actor: Actor;
  readonly ids: Readonly<Record<string, string>>;
}

/** The body of a response, and headers besides those of every response. */
export interface Reply {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route of the management API before it is bound. */
interface ManagementOperation extends ManagementRouteInfo {
  readonly method: Method;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodObject | undefined;
  readonly response: z.ZodType;
  run(call: ManagementCall): Promise<Reply>;
}

/** Declares a route of the management API: its checks run in the order of the lines of `respond`. */
export function managementRoute(operation: ManagementOperation): ManagementRoute {
  const { body, method, names, path, query, response, run, scope, servesBoundKeys, tag } = operation;
  const readIds = createIdReader(names ?? {});
  return (deps) => ({
    method,
    path: managementPath + path,
    access: { kind: "api-key", scope },
    tag,
    operationId: operation.operationId,
    summary: operation.summary,
    ...(names === undefined ? {} : { parameters: names }),
    query,
    body: body && { schema: body },
    example: operation.example,
    headers: method === "POST" ? idempotencyHeader : undefined,
    responses: { 200: { description: "Done", schema: response } },
    errors: [...(operation.errors ?? []), ...impliedErrors(operation)],
    async respond(call) {
      const principal = await deps.authenticate(call.request);
      requireScope(principal, scope);
      const ids = readIds(call.parameters);
      if (ids.appId !== undefined) requireOwnApp(principal, ids.appId);
      else if (!servesBoundKeys) refuseBoundKey(principal);
      const actor = { name: principal.name, requestId: call.exchange.requestId };
      const reply = await run({ ...call, deps, principal, actor, ids });
      return jsonResponse(reply.body, { headers: reply.headers ?? {} });
    },
  });
}

function impliedErrors({ method, path, query }: ManagementOperation): ApiErrorCode[] {
  const concernsApp = path.includes("{appId}") || (query !== undefined && "appId" in query.shape);
  return [
    ...(concernsApp ? (["APP_NOT_FOUND"] as const) : []),
    ...(query !== undefined && "cursor" in query.shape ? (["INVALID_CURSOR"] as const) : []),
    ...(method === "POST" ? (["IDEMPOTENCY_KEY_REUSED"] as const) : []),
  ];
}

// The nil GUID is never given to anything, so a path without a GUID gets the response of an unknown id.
const unknownId = "00000000-0000-0000-0000-000000000000";

/** Reads the ids in a path; those with a schema of their own are not GUIDs. */
type IdReader = (parameters: Readonly<Record<string, string>>) => Record<string, string>;

function createIdReader(names: Readonly<Record<string, z.ZodType<string, string>>>): IdReader {
  const texts = z.object(names);
  return (parameters) => {
    const guids = Object.entries(parameters).map(([name, value]) => [
      name,
      canonicalGuid(value) ?? unknownId,
    ]);
    return { ...Object.fromEntries(guids), ...parse(texts, parameters, "path") };
  };
}

/** A call of a route that only reads. */
export interface Reading<Path extends string> {
  readonly db: Queries;
  readonly ids: PathIds<Path>;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The input of a handler that only reads. */
export function readingOf<Path extends string>(call: ManagementCall): Reading<Path> {
  const { database, clock } = call.deps;
  return {
    db: database.read,
    ids: call.ids as PathIds<Path>,
    principal: call.principal,
    now: clock.now(),
  };
}
