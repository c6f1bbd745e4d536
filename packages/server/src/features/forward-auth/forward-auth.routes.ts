import { z } from "zod";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import {
  dottedName,
  insufficientScope,
  type Method,
  type Route,
  type RouteCall,
  readQuery,
  resourceIdentifier,
} from "../../infrastructure/routes/index.ts";
import { requireAccessFor, type TokenDependencies } from "../tokens/index.ts";

const requirements = z.strictObject({
  /** The API that the token is for. Default: the platform's own APIs. */
  resource: resourceIdentifier.optional(),
  permission: dottedName.optional(),
});
type Requirements = z.output<typeof requirements>;

// The resource is required here: with a default, a proxy that does not set the header would accept tokens of another API.
const headerRequirements = z.object({
  "x-latchkey-resource": resourceIdentifier,
  "x-latchkey-permission": dottedName.optional(),
});

/**
 * Checks access tokens for proxies. The response is 200 with headers that name the instance, or 401 or 403.
 *
 * `GET /forward-auth?resource=…&permission=…` is for nginx, Caddy, HAProxy and Traefik, which call a fixed address.
 * Envoy sends the method, path and query of its client after the prefix `/forward-auth/by-headers`. The client controls
 * that query, so Envoy sets the headers `x-latchkey-resource` and `x-latchkey-permission`. A client of another proxy
 * cannot reach that prefix with an extra slash after `/forward-auth`.
 */
export function forwardAuthRoutes(deps: TokenDependencies): readonly Route[] {
  const shared = {
    access: { kind: "access-token" },
    tag: "Tokens",
    responses: { 200: { description: "The request may pass; the headers name its instance", headers } },
  } as const;
  const byHeaders = (method: Method): Route => ({
    ...shared,
    method,
    path: "/forward-auth/by-headers",
    aliases: ["/forward-auth/by-headers/{path*}"],
    parameters: { path: z.string() },
    operationId: `forwardAuthByHeaders${method}`,
    summary: "Decide for Envoy whether a request may pass, by its access token",
    headers: headerRequirements,
    respond: (call) => check(deps, call, readHeaders(call.request.headers)),
  });
  return [
    {
      ...shared,
      method: "GET",
      path: "/forward-auth",
      operationId: "forwardAuth",
      summary: "Decide for a proxy whether a request may pass, by its access token",
      query: requirements,
      respond: (call) => check(deps, call, readQuery(requirements, call.request.url)),
    },
    ...(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const).map(byHeaders),
  ];
}

const headers = {
  "x-latchkey-app": "App ID",
  "x-latchkey-instance": "The instance that the token acts as",
  "x-latchkey-site": "The site of the instance",
  "x-latchkey-subject": "The user that the token acts as, or the App ID",
  "x-latchkey-permissions": "Permissions of the token, separated by commas",
};

function readHeaders(headers: Headers): Requirements {
  const read = headerRequirements.safeParse({
    "x-latchkey-resource": headers.get("x-latchkey-resource") ?? undefined,
    "x-latchkey-permission": headers.get("x-latchkey-permission") ?? undefined,
  });
  if (read.success) {
    return { resource: read.data["x-latchkey-resource"], permission: read.data["x-latchkey-permission"] };
  }
  const text = "must have a resource in x-latchkey-resource; x-latchkey-permission may have a permission";
  throw invalidField("headers", text, "FORMAT");
}

async function check(
  deps: TokenDependencies,
  call: RouteCall,
  { permission, resource = deps.issuer }: Requirements,
): Promise<Response> {
  const access = await requireAccessFor(deps, call, resource);
  const permissions = await access.permissions();
  if (permission !== undefined && !permissions.includes(permission)) throw await access.denied(permission);
  // Some proxies treat an empty header as absent, and would keep the value that their client sent.
  if (permissions.length === 0) throw nothingPermitted();
  return new Response(null, {
    headers: {
      // Always all five: a proxy that copies them overwrites what its client sent under these names.
      "x-latchkey-app": access.appId,
      "x-latchkey-instance": access.instanceId,
      "x-latchkey-site": access.siteId,
      "x-latchkey-subject": access.userId ?? access.appId,
      "x-latchkey-permissions": permissions.join(","),
      "cache-control": "no-store",
    },
  });
}

function nothingPermitted(): ApiError {
  return new ApiError("PERMISSION_DENIED", {
    message: "The access token has no permissions.",
    headers: insufficientScope,
    reason: "missing_permission",
  });
}
