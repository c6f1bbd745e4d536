import { type Endpoint, jsonResponse } from "../../http/index.ts";
import { checkToken } from "../check-token.ts";
import type { TokenSources } from "../token-sources.ts";
import { clientEndpoint } from "./client-endpoint.ts";

/** `POST /oauth2/introspect` (RFC 7662): an app asks about its own tokens; all others read as inactive. */
export function introspectionEndpoint(sources: TokenSources): Endpoint {
  return clientEndpoint(sources, async (client, token) => {
    const check = await checkToken(sources, token);
    if ("refusal" in check || check.live.claims.client_id !== client.appId)
      return jsonResponse({ active: false });
    const { claims, scopes } = check.live;
    const { aud, client_id, exp, iat, instance_id, iss, jti, site_id, sub } = claims;
    return jsonResponse({
      active: true,
      scope: scopes.join(" "),
      token_type: "Bearer",
      ...{ iss, aud, sub, client_id, instance_id, site_id, iat, exp, jti },
    });
  });
}
