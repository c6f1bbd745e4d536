import type { Env, Hono, MiddlewareHandler } from "hono";
import { ApiError } from "../errors/index.ts";

/** What every handler knows of the request besides the request itself. */
export interface Exchange {
  /** Made by whoever accepts the request, and sent back by it; an incoming one is ignored. */
  readonly requestId: string;
  /** Address of the peer. */
  readonly clientAddress: string;
}

/** The headers by which every answer carries its request id. */
export function requestIdHeaders(requestId: string): Readonly<Record<string, string>> {
  return { "x-request-id": requestId, "x-wix-request-id": requestId };
}

/** Hono environment of all routes. */
export interface HttpEnv extends Env {
  Bindings: Exchange;
}

/** A handler of the wire surface: `Request` in, `Response` out. */
export type Endpoint = (request: Request, exchange: Exchange) => Promise<Response>;

/** A handler of a path with names in it: it also gets what stands in their places. */
export type ResourceEndpoint = (
  request: Request,
  exchange: Exchange,
  names: Readonly<Record<string, string>>,
) => Promise<Response>;

/** A method and a path. */
export type Address = readonly [method: "GET" | "POST", path: string];

/** Puts an endpoint at a path for one method (GET brings HEAD along); every other gets 405 and `Allow`. */
export function mount(routes: Hono<HttpEnv>, [method, path]: Address, endpoint: Endpoint): void {
  const guarded = forMethod(method, endpoint);
  // One handler for all methods, since the router takes a shorter way where only one matches.
  routes.all(path, (c) => guarded(c.req.raw, c.env));
}

/**
 * Puts endpoints at one path, each for a method of its own (GET brings HEAD along); every other method gets 405 and
 * `Allow`.
 *
 * @example
 * mountResource(routes, "/stores/v1/products/:id", { PATCH: updateProduct, DELETE: deleteProduct });
 */
export function mountResource(
  routes: Hono<HttpEnv>,
  path: string,
  endpoints: Readonly<Partial<Record<"GET" | "POST" | "PATCH" | "DELETE", ResourceEndpoint>>>,
): void {
  const byMethod = new Map(Object.entries(endpoints));
  const allow = [...byMethod.keys()].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  routes.all(path, async (c) => {
    const { method } = c.req.raw;
    const endpoint = byMethod.get(method === "HEAD" ? "GET" : method);
    if (endpoint === undefined) throw notAllowed(allow.join(", "));
    return await endpoint(c.req.raw, c.env, c.req.param());
  });
}

/** Lets one method through to an endpoint, as {@link mount} does. */
export function forMethod(method: Address[0], endpoint: Endpoint): Endpoint {
  return async (request, exchange) => {
    const asked = request.method;
    if (asked === method || (asked === "HEAD" && method === "GET")) return await endpoint(request, exchange);
    throw notAllowed(method === "GET" ? "GET, HEAD" : method);
  };
}

/** Answers 405 with `Allow`. */
export function methodNotAllowed(allow: string): MiddlewareHandler<HttpEnv> {
  return async () => {
    throw notAllowed(allow);
  };
}

function notAllowed(allow: string): ApiError {
  return new ApiError("METHOD_NOT_ALLOWED", { headers: { allow } });
}

/** A JSON answer that no cache keeps. */
export function jsonResponse(
  body: unknown,
  options: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: options.status ?? 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...options.headers,
    },
  });
}
