import type { TokenInfo } from "@latchkey/protocol";
import { z } from "zod";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { checkToken } from "../check-token.ts";
import type { StoredRefreshToken } from "../legacy/legacy.queries.ts";
import { findValidRefreshToken } from "../legacy/refresh-tokens.ts";
import { readTokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { instanceParameterInfo } from "./instance-parameter-info.ts";
import type { OAuthRoute } from "./oauth-route.ts";
import { contentTypes, inactiveToken } from "./oauth-schemas.ts";
import { inactive } from "./own-token.ts";

const epochSeconds = z.string().meta({ description: "Epoch seconds, as a string" });

const tokenInfo = z
  .union([
    z.object({
      active: z.literal(true),
      subjectType: z.enum(["APP", "USER", "UNKNOWN"]).meta({ description: "UNKNOWN: an instance parameter" }),
      subjectId: z.string().optional().meta({ description: "Absent for an instance parameter" }),
      clientId: z.guid(),
      siteId: z.guid(),
      instanceId: z.guid(),
      iat: epochSeconds,
      exp: epochSeconds.optional().meta({ description: "Absent for a refresh token, which has no expiry" }),
    }),
    inactiveToken,
  ])
  .meta({ id: "TokenInfo" });

export function tokenInfoRoute(deps: TokenDependencies): OAuthRoute {
  return {
    method: "POST",
    path: "/oauth2/token-info",
    aliases: ["/oauth2/token_info"],
    access: { kind: "anyone" },
    operationId: "getTokenInfo",
    summary: "Describe a token to its holder",
    body: { schema: z.object({ token: z.string() }), contentTypes },
    example: { token: "$ACCESS_TOKEN" },
    responses: { 200: { description: "The token, or `active: false`", schema: tokenInfo } },
    oauthErrors: ["invalid_request"],
    async endpoint(request, exchange) {
      const text = (await readTokenParameters(request)).get("token");
      if (text === undefined) throw new OAuthError("invalid_request", "token is missing.");
      const parameterInfo = await instanceParameterInfo(deps, text);
      if (parameterInfo !== undefined) return jsonResponse(parameterInfo);
      const refreshToken = await findValidRefreshToken(deps, text);
      if (refreshToken !== undefined) return jsonResponse(describeRefreshToken(refreshToken));
      const check = await checkToken(deps, text);
      if ("reason" in check) return inactive(deps, check, { exchange, route: "POST /oauth2/token-info" });
      const { claims, userId } = check.token;
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
    },
  };
}

function describeRefreshToken(token: StoredRefreshToken): TokenInfo {
  return {
    active: true,
    subjectType: "APP",
    subjectId: token.app_id,
    iat: String(Math.floor(token.created_at / 1_000)),
    clientId: token.app_id,
    siteId: token.site_id,
    instanceId: token.instance_id,
  };
}
