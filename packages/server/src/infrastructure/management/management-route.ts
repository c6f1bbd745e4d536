import { canonicalGuid } from "@latchkey/protocol";
import { z } from "zod";
import type { Clock } from "../clock/index.ts";
import type { Vault } from "../crypto/index.ts";
import type { Database, Queries } from "../database/index.ts";
import type { ApiErrorCode } from "../errors/index.ts";
import { jsonTextResponse } from "../http/index.ts";
import {
  type AccountRule,
  type Method,
  type PortalRule,
  parse,
  type Route,
  type RouteCall,
} from "../routes/index.ts";
import type { ObjectIds } from "./authorization.queries.ts";
import { authorize } from "./authorize.ts";
import { idempotencyHeader } from "./idempotency.ts";
import type { Actor, Authenticate, Principal } from "./principal.ts";

/** The root of the management API. */
const managementPath = "/admin/v1";

export interface ManagementDependencies {
  readonly authenticate: Authenticate;
  readonly clock: Clock;
  readonly database: Database;
  readonly vault: Vault;
}

/** Creates a route of the management API from its dependencies. */
export type ManagementRoute = (deps: ManagementDependencies) => Route;

export interface ManagementRouteInfo<Path extends string = string> {
  /** Relative to the root of the API, with ids in braces: `/apps/{appId}`. */
  readonly path: Path;
  /** The section in the reference. */
  readonly tag: string;
  readonly operationId: string;
  readonly summary: string;
  /** The scope that the caller's key needs. */
  readonly scope: string;
  /**
   * The accounts that may call the route with their sessions. The object is the one in the path, or in the filters `appId`
   * and `siteId` of a list. Default: only operators.
   */
  readonly accounts?: readonly AccountRule[];
  /**
   * The portal links that may call the route about their own app or site: the object is as for accounts. A route for `account`
   * or `developer` has no object. Default: none.
   */
  readonly portal?: PortalRule;
  /** Example body in the reference. Default: generated from the schema. */
  readonly example?: unknown;
  /** Errors besides those of every route. */
  readonly errors?: readonly ApiErrorCode[];
  /**
   * Allows API keys that are bound to one app on a path without `{appId}`. The handler must then use
   * `principal.appId`. Default: such keys are rejected.
   */
  readonly servesBoundKeys?: true;
  /** Largest body, in bytes. Default: 65,536. */
  readonly bodyLimit?: number;
  /** Schemas of path parameters that are not GUIDs. */
  readonly names?: Readonly<Record<string, z.ZodType<string, string>>>;
}

/** The parameters of a path. GUIDs are in lower case; anything else in their place becomes the nil GUID. */
export type PathIds<Path extends string> = Readonly<Record<NamesIn<Path>, string>>;
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

export type NoFields = z.ZodObject<Record<never, never>>;
export const noFields: NoFields = z.strictObject({});

/** An authorized request. */
export interface ManagementCall extends RouteCall {
  readonly deps: ManagementDependencies;
  readonly principal: Principal;
  readonly actor: Actor;
  readonly ids: Readonly<Record<string, string>>;
}

/** The body, as a value or as JSON text, and additional headers of a response. */
export interface Reply {
  readonly body?: unknown;
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface ManagementOperation extends ManagementRouteInfo {
  readonly method: Method;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodObject | undefined;
  readonly response: z.ZodType;
  /** Headers of the request besides `Idempotency-Key`. */
  readonly headers?: z.ZodObject;
  /** Headers of the response by name, each with its description. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  run(call: ManagementCall): Promise<Reply>;
}

/** Declares a route of the management API. Its checks run in the order of the lines of `respond`. */
export function managementRoute(operation: ManagementOperation): ManagementRoute {
  const { accounts = [], body, method, names, path, portal, query, response, run, scope, tag } = operation;
  const schemas = z.object(names ?? {});
  return (deps) => ({
    method,
    path: managementPath + path,
    access: { kind: "api-key", scope, accounts, portal },
    tag,
    operationId: operation.operationId,
    summary: operation.summary,
    ...(names === undefined ? {} : { parameters: names }),
    query,
    body: body && { schema: body },
    example: operation.example,
    headers: method === "POST" ? idempotencyHeader : operation.headers,
    responses: {
      200: {
        description: "Done",
        schema: response,
        ...(operation.responseHeaders && { headers: operation.responseHeaders }),
      },
    },
    errors: [...(operation.errors ?? []), ...impliedErrors(operation)],
    async respond(call) {
      const caller = await deps.authenticate(call);
      const ids = readIds(schemas, call.parameters);
      const filters = filteredIds(operation, call.request.url);
      const principal = await authorize(deps.database.read, caller, { route: operation, ids, filters });
      const actor = { name: principal.name, requestId: call.exchange.requestId };
      const reply = await run({ ...call, deps, principal, actor, ids });
      return jsonTextResponse(reply.json ?? JSON.stringify(reply.body), { headers: reply.headers ?? {} });
    },
  });
}

function impliedErrors({ accounts, method, path, query }: ManagementOperation): ApiErrorCode[] {
  const concernsApp = path.includes("{appId}") || (query !== undefined && "appId" in query.shape);
  const concernsSite = path.includes("{siteId}") || (query !== undefined && "siteId" in query.shape);
  return [
    ...(method === "GET" ? [] : (["CROSS_ORIGIN_REQUEST"] as const)),
    ...(accounts !== undefined && concernsSite ? (["SITE_NOT_FOUND"] as const) : []),
    ...(concernsApp ? (["APP_NOT_FOUND"] as const) : []),
    ...(query !== undefined && "cursor" in query.shape
      ? (["INVALID_CURSOR", "ITEM_TOO_LARGE"] as const)
      : []),
    ...(method === "POST" ? (["IDEMPOTENCY_KEY_REUSED"] as const) : []),
  ];
}

// Nothing has the nil GUID, so a path without a GUID gets the error for an unknown id.
const unknownId = "00000000-0000-0000-0000-000000000000";

/** Reads the parameters of a path. Those without a schema are GUIDs. */
function readIds(schemas: z.ZodObject, parameters: Readonly<Record<string, string>>): Record<string, string> {
  const guids = Object.entries(parameters).map(([name, value]) => [name, canonicalGuid(value) ?? unknownId]);
  return { ...Object.fromEntries(guids), ...parse(schemas, parameters, "path") };
}

/** The ids in the filters of a list, which accounts are authorized for. */
function filteredIds({ query }: ManagementOperation, url: string): ObjectIds {
  if (query === undefined) return {};
  const given = new URL(url).searchParams;
  const idOf = (name: "appId" | "siteId") =>
    name in query.shape ? canonicalGuid(given.get(name) ?? "") : undefined;
  return { appId: idOf("appId"), siteId: idOf("siteId") };
}

/** A call of a route that only reads. */
export interface ReadCall<Path extends string> {
  readonly db: Queries;
  readonly ids: PathIds<Path>;
  readonly principal: Principal;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function readCallOf<Path extends string>({ deps, ids, principal }: ManagementCall): ReadCall<Path> {
  return { db: deps.database.read, ids: ids as PathIds<Path>, principal, now: deps.clock.now() };
}
