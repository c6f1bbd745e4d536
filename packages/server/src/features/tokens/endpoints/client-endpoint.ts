import type { Endpoint } from "../../../infrastructure/http/index.ts";
import { anyAudience, checkToken, type ValidToken } from "../check-token.ts";
import {
  checkClient,
  lookupId,
  readClientCredentials,
  requireCredentials,
} from "../request/client-authentication.ts";
import { readTokenParameters, requireParameter } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/**
 * An endpoint to which an app sends one of its tokens.
 *
 * @param respond gets undefined for an invalid token and for a token of another app
 */
export function clientEndpoint(
  deps: TokenDependencies,
  respond: (token: ValidToken | undefined) => Promise<Response>,
): Endpoint {
  return async (request) => {
    const parameters = await readTokenParameters(request);
    requireCredentials(request.headers, parameters);
    const credentials = readClientCredentials(request.headers, parameters);
    const digests = deps.vault.digests(credentials.clientSecret);
    const client = await deps.queries.readClient({ appId: lookupId(credentials), digests });
    checkClient(client, { credentials, digests }, deps.clock.now());
    const check = await checkToken(deps, requireParameter(parameters, "token"), anyAudience);
    const own = "token" in check && check.token.claims.client_id === client.app_id;
    return await respond(own ? check.token : undefined);
  };
}
