import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import { anyAudience, checkToken } from "../check-token.ts";
import type { TokenSources } from "../token-sources.ts";
import { denyToken } from "../tokens.queries.ts";
import { clientEndpoint } from "./client-endpoint.ts";

/** `POST /oauth2/revoke` (RFC 7009): an app ends one of its own tokens; the answer is the same for any other text. */
export function revocationEndpoint(sources: TokenSources): Endpoint {
  return clientEndpoint(sources, async (client, token) => {
    const check = await checkToken(sources, token, anyAudience);
    if ("live" in check && check.live.claims.client_id === client.appId) {
      const { exp, jti } = check.live.claims;
      await sources.database.write((trx) => denyToken(trx, { jti, expiresAt: exp * 1_000 }));
    }
    return jsonResponse({});
  });
}
