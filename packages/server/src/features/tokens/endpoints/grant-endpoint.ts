import { ApiError, OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import type { Grant } from "../grants/grant.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** Returns an endpoint that reads the parameters, calls the grant of their `grant_type`, and counts the outcomes. */
export function grantEndpoint<Response extends object>(
  deps: TokenDependencies,
  grants: ReadonlyMap<string, Grant<Response>>,
): Endpoint {
  const { counts } = deps;
  const { tokenRequests } = deps.metrics;
  return async (request, exchange) => {
    try {
      const parameters = await readTokenParameters(request);
      const grant = grants.get(requireParameter(parameters, "grant_type"));
      if (grant === undefined) throw unsupportedGrantType([...grants.keys()]);
      const response = await grant({ parameters, headers: request.headers, exchange }, deps);
      tokenRequests.inc({ outcome: "ok" });
      counts.add("tokens", "issued", exchange.caller?.appId);
      return jsonResponse(response);
    } catch (error) {
      const outcome = outcomeOf(error);
      tokenRequests.inc({ outcome });
      counts.add("tokens", error instanceof OAuthError ? error.reason : outcome, exchange.caller?.appId);
      throw error;
    }
  };
}

function unsupportedGrantType(types: readonly string[]): OAuthError {
  return new OAuthError("unsupported_grant_type", `grant_type must be ${types.join(" or ")}.`);
}

function outcomeOf(error: unknown): string {
  if (error instanceof OAuthError) return error.error;
  return error instanceof ApiError && error.status < 500 ? "invalid_request" : "server_error";
}
