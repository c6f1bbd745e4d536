import { canonicalGuid } from "@latchkey/protocol";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type HttpEnv, jsonResponse, methodNotAllowed } from "../http/index.ts";
import { type Authenticate, refuseBoundKey, requireOwnApp, requireScope } from "./principal.ts";
import { managementPath, type Route, type RouteSources } from "./route.ts";
import { parse } from "./violations.ts";

/** What the management API runs on. */
export interface ManagementSources extends RouteSources {
  readonly authenticate: Authenticate;
}

/** Puts routes together to the management API, with its full paths; errors are thrown for the platform to answer. */
export function createManagementApi(sources: ManagementSources, routes: readonly Route[]): Hono<HttpEnv> {
  const api = new Hono<HttpEnv>();
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const pattern = `${managementPath}${route.path}`.replaceAll(/\{(\w+)\}/g, ":$1");
    const method = route.method.toUpperCase();
    const readIds = createIdReader(route);
    api.on(method, pattern, (c) => answer(sources, { route, readIds }, c));
    methods.set(pattern, [
      ...(methods.get(pattern) ?? []),
      ...(method === "GET" ? ["GET", "HEAD"] : [method]),
    ]);
  }
  for (const [pattern, allowed] of methods) api.all(pattern, methodNotAllowed(allowed.join(", ")));
  return api;
}

/** The checks of every call, in order. */
async function answer(
  sources: ManagementSources,
  { readIds, route }: { route: Route; readIds: IdReader },
  c: Context<HttpEnv>,
): Promise<Response> {
  const request = c.req.raw;
  const principal = await sources.authenticate(request);
  requireScope(principal, route.scope);
  const ids = readIds(c.req.param());
  if (ids.appId !== undefined) requireOwnApp(principal, ids.appId);
  else if (!route.servesBoundKeys) refuseBoundKey(principal);
  const actor = { name: principal.name, requestId: c.env.requestId };
  const { body, headers } = await route.run({ sources, request, principal, actor, ids });
  return jsonResponse(body, { headers: headers ?? {} });
}

// The nil GUID is never given out, so what is no GUID gets the answer of an unknown id from whoever looks for it.
const idOfNothing = "00000000-0000-0000-0000-000000000000";

/** Reads the ids in a path; those with a name's schema are no GUIDs. */
type IdReader = (parameters: Readonly<Record<string, string>>) => Record<string, string>;

function createIdReader({ names = {} }: Route): IdReader {
  const texts = z.object(names);
  return (parameters) => {
    const guids = Object.entries(parameters).map(([name, value]) => [
      name,
      canonicalGuid(value) ?? idOfNothing,
    ]);
    return { ...Object.fromEntries(guids), ...parse(texts, parameters, "path") };
  };
}
