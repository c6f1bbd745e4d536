import { channel } from "node:diagnostics_channel";
import { Hono } from "hono";
import { ApiError } from "../errors/index.ts";
import { type Endpoint, type Exchange, jsonResponse, oauthErrorReply } from "../http/index.ts";
import { openApiDocument } from "./openapi.ts";
import type { Route, RouteCall } from "./route.ts";

/** The routes of a path by method. */
type PathRoutes = ReadonlyMap<string, Route>;

/** Publishes the routes of each new router, so that tests can validate responses. */
const created = channel("latchkey:routes");

/**
 * Mounts routes. A path without parameters has precedence. GET routes serve HEAD too; other methods get 405 with `Allow`.
 *
 * The endpoint throws `NOT_FOUND`, `METHOD_NOT_ALLOWED` and the errors of the routes.
 */
export function createRouter(routes: readonly Route[]): Endpoint {
  created.publish({ routes, openApiDocument });
  const fixed = new Map<string, PathRoutes>();
  const named = new Hono<{ Bindings: Exchange }>();
  for (const [path, methods] of groupByPath(routes)) {
    if (!path.includes("{")) fixed.set(path, methods);
    else
      named.all(patternOf(path), (c) =>
        respond(methods, { request: c.req.raw, exchange: c.env, parameters: c.req.param() }),
      );
  }
  named.notFound(() => {
    throw new ApiError("NOT_FOUND");
  });
  named.onError((error) => {
    throw error;
  });
  return async (request: Request, exchange: Exchange): Promise<Response> => {
    const methods = fixed.get(pathOf(request.url));
    if (methods === undefined) return await named.fetch(request, exchange);
    return await respond(methods, { request, exchange, parameters: {} });
  };
}

async function respond(methods: PathRoutes, call: RouteCall): Promise<Response> {
  const { method } = call.request;
  const isHead = method === "HEAD";
  const route = methods.get(isHead ? "GET" : method);
  if (route === undefined) return notAllowed(methods);
  call.exchange.route = route;
  const response = await route.respond(call);
  return isHead ? new Response(null, response) : response;
}

/** Throws `METHOD_NOT_ALLOWED`; on an OAuth path, returns the error in the format of OAuth. */
function notAllowed(methods: PathRoutes): Response {
  const allow = [...methods.keys()].flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  const error = new ApiError("METHOD_NOT_ALLOWED", { headers: { allow: allow.join(", ") } });
  if (![...methods.values()].some(({ oauthErrors }) => oauthErrors)) throw error;
  const { body, headers, status } = oauthErrorReply(error);
  return jsonResponse(body, { status, headers });
}

/** Throws when two routes have the same method and path. */
function groupByPath(routes: readonly Route[]): ReadonlyMap<string, PathRoutes> {
  const groups = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    for (const path of [route.path, ...(route.aliases ?? [])]) {
      const methods = groups.get(path) ?? new Map<string, Route>();
      const other = methods.get(route.method);
      if (other !== undefined) {
        throw new Error(
          `${route.method} ${path} is declared twice: ${other.operationId}, ${route.operationId}.`,
        );
      }
      groups.set(path, methods.set(route.method, route));
    }
  }
  return groups;
}

function patternOf(path: string): string {
  return path.replaceAll(/\{(\w+)(\*?)\}/g, (_, name: string, rest: string) => `:${name}${rest && "{.*}"}`);
}

/** The path of an absolute URL, not decoded. */
function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const end = url.slice(start).search(/[?#]/);
  return end < 0 ? url.slice(start) : url.slice(start, start + end);
}
