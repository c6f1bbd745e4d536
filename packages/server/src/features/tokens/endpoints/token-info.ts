import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import { checkToken } from "../check-token.ts";
import { readTokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { instanceParameterInfo } from "./instance-parameter-info.ts";

/** `POST /oauth2/token-info`: tells whoever holds a token what it is, as strings of seconds where times go. */
export function tokenInfoEndpoint(deps: TokenDependencies): Endpoint {
  return async (request) => {
    const token = (await readTokenParameters(request)).get("token");
    if (token === undefined) throw new OAuthError("invalid_request", "token is missing.");
    const asParameter = await instanceParameterInfo(deps, token);
    if (asParameter !== undefined) return jsonResponse(asParameter);
    const check = await checkToken(deps, token);
    if ("refusal" in check) return jsonResponse({ active: false });
    const { claims, userId } = check.live;
    return jsonResponse({
      active: true,
      subjectType: userId === undefined ? "APP" : "USER",
      subjectId: claims.sub,
      exp: String(claims.exp),
      iat: String(claims.iat),
      clientId: claims.client_id,
      siteId: claims.site_id,
      instanceId: claims.instance_id,
    });
  };
}
