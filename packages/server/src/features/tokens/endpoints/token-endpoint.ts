import { ApiError, OAuthError } from "../../../infrastructure/errors/index.ts";
import type { Endpoint } from "../../../infrastructure/http/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { grants } from "../grants/grants.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** `POST /oauth2/token` (RFC 6749 §3.2): reads the parameters and hands them to the grant that they name. */
export function tokenEndpoint(deps: TokenDependencies): Endpoint {
  const { tokenRequests } = deps.metrics;
  return async (request, exchange) => {
    try {
      const parameters = await readTokenParameters(request);
      const grant = grants.get(requireParameter(parameters, "grant_type"));
      if (grant === undefined) {
        throw new OAuthError(
          "unsupported_grant_type",
          `grant_type must be ${[...grants.keys()].join(" or ")}.`,
        );
      }
      const answer = await grant.handle({ parameters, headers: request.headers, exchange }, deps);
      tokenRequests.inc({ outcome: "ok" });
      return jsonResponse(answer);
    } catch (error) {
      tokenRequests.inc({ outcome: outcomeOf(error) });
      throw error;
    }
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof OAuthError) return error.error;
  return error instanceof ApiError && error.status < 500 ? "invalid_request" : "server_error";
}
