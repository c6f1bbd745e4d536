import { OAuthError } from "../../errors/index.ts";
import { type Endpoint, jsonResponse } from "../../http/index.ts";
import { checkToken } from "../check-token.ts";
import { readTokenParameters } from "../request/token-parameters.ts";
import type { TokenSources } from "../token-sources.ts";

/** `POST /oauth2/token-info`: tells whoever holds a token what it is, as strings of seconds where times go. */
export function tokenInfoEndpoint(sources: TokenSources): Endpoint {
  return async (request) => {
    const token = (await readTokenParameters(request)).get("token");
    if (token === undefined) throw new OAuthError("invalid_request", "token is missing.");
    const check = await checkToken(sources, token);
    if ("refusal" in check) return jsonResponse({ active: false });
    const { claims } = check.live;
    return jsonResponse({
      active: true,
      subjectType: "APP",
      subjectId: claims.sub,
      exp: String(claims.exp),
      iat: String(claims.iat),
      clientId: claims.client_id,
      siteId: claims.site_id,
      instanceId: claims.instance_id,
    });
  };
}
