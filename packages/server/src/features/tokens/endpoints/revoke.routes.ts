import { z } from "zod";
import { markSecurityChange } from "../../../infrastructure/database/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { revokeRefreshToken } from "../legacy/refresh-tokens.ts";
import { requireCredentials } from "../request/client-authentication.ts";
import { readTokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { denyToken } from "../tokens.queries.ts";
import type { OAuthRoute } from "./oauth-route.ts";
import { aboutToken } from "./oauth-schemas.ts";
import { checkOwnToken } from "./own-token.ts";

export function revocationRoute(deps: TokenDependencies): OAuthRoute {
  return {
    method: "POST",
    path: "/oauth2/revoke",
    access: { kind: "client" },
    operationId: "revokeToken",
    summary: "Revoke one of the app's tokens (RFC 7009)",
    ...aboutToken,
    responses: { 200: { description: "Revoked, or not a token of the app", schema: z.strictObject({}) } },
    async endpoint(request, exchange) {
      const parameters = await readTokenParameters(request);
      const credentials = requireCredentials(request.headers, parameters);
      const check = await checkOwnToken(deps, { credentials, exchange, parameters });
      if ("refreshToken" in check) await revokeRefreshToken(deps, check.refreshToken, exchange.requestId);
      if ("token" in check) {
        const { exp, jti } = check.token.claims;
        await deps.database.write(async (trx) => {
          await denyToken(trx, { jti, expiresAt: exp * 1_000 });
          markSecurityChange(trx, "skip");
        });
      }
      return jsonResponse({});
    },
  };
}
