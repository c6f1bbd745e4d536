import { ApiError, OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse, readAuthorization } from "../../../infrastructure/http/index.ts";
import type { Authenticate, Principal } from "../../../infrastructure/management/index.ts";
import { anyAudience, checkToken, type LiveToken, permissionsOf } from "../check-token.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { clientEndpoint } from "./client-endpoint.ts";

/**
 * `POST /oauth2/introspect` (RFC 7662): an app asks about its own tokens, the server of a resource about tokens for it;
 * all others read as inactive.
 */
export function introspectionEndpoint(deps: TokenDependencies, authenticate: Authenticate): Endpoint {
  const forApp = appIntrospection(deps);
  const forResource = resourceIntrospection(deps, authenticate);
  return (request, exchange) => {
    const byKey = readAuthorization(request.headers)?.scheme === "bearer";
    return byKey ? forResource(request, exchange) : forApp(request, exchange);
  };
}

function appIntrospection(deps: TokenDependencies): Endpoint {
  return clientEndpoint(deps, async (client, token) => {
    const check = await checkToken(deps, token, anyAudience);
    const own = "live" in check && check.live.claims.client_id === client.appId;
    return jsonResponse(own ? describe(check.live) : { active: false });
  });
}

function resourceIntrospection(deps: TokenDependencies, authenticate: Authenticate): Endpoint {
  return async (request) => {
    const resource = await requireResourceKey(authenticate, request);
    const parameters = await readTokenParameters(request);
    const check = await checkToken(deps, requireParameter(parameters, "token"), resource);
    if ("refusal" in check) return jsonResponse({ active: false });
    const permissions = await permissionsOf(deps, check.live);
    return jsonResponse({ ...describe(check.live), permissions });
  };
}

/** The resource that the caller's API key is bound to. Throws `invalid_client` (RFC 7662 §2.1). */
async function requireResourceKey(authenticate: Authenticate, request: Request): Promise<string> {
  const { resource, scopes } = await recognise(authenticate, request);
  if (resource === undefined || scopes === "all" || !scopes.has("tokens:introspect")) throw refused();
  return resource;
}

async function recognise(authenticate: Authenticate, request: Request): Promise<Principal> {
  try {
    return await authenticate(request);
  } catch (error) {
    throw error instanceof ApiError && error.status === 401 ? refused() : error;
  }
}

function refused(): OAuthError {
  return new OAuthError(
    "invalid_client",
    "Authenticate with an API key that has the scope tokens:introspect and is bound to a resource.",
    { headers: { "www-authenticate": 'Bearer error="invalid_token"' }, reason: "no_resource_key" },
  );
}

function describe({ claims, scopes }: LiveToken): object {
  const { aud, client_id, exp, iat, instance_id, iss, jti, site_id, sub } = claims;
  return {
    active: true,
    scope: scopes.join(" "),
    token_type: "Bearer",
    ...{ iss, aud, sub, client_id, instance_id, site_id, iat, exp, jti },
  };
}
