import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import { anyAudience, checkToken } from "../check-token.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { denyToken } from "../tokens.queries.ts";
import { clientEndpoint } from "./client-endpoint.ts";

/** `POST /oauth2/revoke` (RFC 7009): an app ends one of its own tokens; the answer is the same for any other text. */
export function revocationEndpoint(deps: TokenDependencies): Endpoint {
  return clientEndpoint(deps, async (client, token) => {
    const check = await checkToken(deps, token, anyAudience);
    if ("live" in check && check.live.claims.client_id === client.appId) {
      const { exp, jti } = check.live.claims;
      await deps.database.write((trx) => denyToken(trx, { jti, expiresAt: exp * 1_000 }));
    }
    return jsonResponse({});
  });
}
