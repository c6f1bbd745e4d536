import { z } from "zod";
import { ApiError, OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse, readAuthorization } from "../../../infrastructure/http/index.ts";
import type { Authenticate } from "../../../infrastructure/management/index.ts";
import { checkToken, permissionsOf, type ValidToken } from "../check-token.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { clientEndpoint } from "./client-endpoint.ts";
import type { OAuthRoute } from "./oauth-route.ts";
import { aboutToken, inactiveToken } from "./oauth-schemas.ts";

const introspection = z
  .union([
    z.object({
      active: z.literal(true),
      scope: z.string(),
      token_type: z.literal("Bearer"),
      iss: z.string(),
      aud: z.string(),
      sub: z.string(),
      client_id: z.guid(),
      instance_id: z.guid(),
      site_id: z.guid(),
      iat: z.int(),
      exp: z.int(),
      jti: z.string(),
      permissions: z
        .array(z.string())
        .optional()
        .meta({ description: "Present for the server of a resource" }),
    }),
    inactiveToken,
  ])
  .meta({ id: "Introspection" });

/** Describes its own tokens to an app, and tokens for a resource to the server of the resource. */
export function introspectionRoute(deps: TokenDependencies, authenticate: Authenticate): OAuthRoute {
  const forApp = clientEndpoint(deps, async (token) =>
    jsonResponse(token === undefined ? { active: false } : describe(token)),
  );
  const forResource = resourceIntrospection(deps, authenticate);
  return {
    method: "POST",
    path: "/oauth2/introspect",
    access: { kind: "client" },
    operationId: "introspectToken",
    summary: "Describe one of the app's tokens (RFC 7662)",
    description:
      "The server of a resource authenticates with an API key as `Authorization: Bearer`. The key has the scope " +
      "`tokens:introspect` and is bound to the resource; the response then has `permissions`.",
    ...aboutToken,
    responses: { 200: { description: "The token, or `active: false`", schema: introspection } },
    endpoint(request, exchange) {
      const hasKey = readAuthorization(request.headers)?.scheme === "bearer";
      return hasKey ? forResource(request, exchange) : forApp(request, exchange);
    },
  };
}

function resourceIntrospection(deps: TokenDependencies, authenticate: Authenticate): Endpoint {
  return async (request) => {
    const resource = await requireResourceKey(authenticate, request);
    const parameters = await readTokenParameters(request);
    const check = await checkToken(deps, requireParameter(parameters, "token"), resource);
    if ("reason" in check) return jsonResponse({ active: false });
    const permissions = await permissionsOf(deps, check.token);
    return jsonResponse({ ...describe(check.token), permissions });
  };
}

/** Returns the resource that the API key is bound to. Throws `invalid_client` (RFC 7662 §2.1). */
async function requireResourceKey(authenticate: Authenticate, request: Request): Promise<string> {
  const { resource, scopes } = await authenticate(request).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 401 ? noResourceKey() : error;
  });
  if (resource === undefined || scopes === "all" || !scopes.has("tokens:introspect")) throw noResourceKey();
  return resource;
}

function noResourceKey(): OAuthError {
  return new OAuthError(
    "invalid_client",
    "Authenticate with an API key that has the scope tokens:introspect and is bound to a resource.",
    { headers: { "www-authenticate": 'Bearer error="invalid_token"' }, reason: "no_resource_key" },
  );
}

function describe({ claims, scopes }: ValidToken): object {
  const { aud, client_id, exp, iat, instance_id, iss, jti, site_id, sub } = claims;
  const scope = scopes.join(" ");
  return {
    active: true,
    scope,
    token_type: "Bearer",
    iss,
    aud,
    sub,
    client_id,
    instance_id,
    site_id,
    iat,
    exp,
    jti,
  };
}
