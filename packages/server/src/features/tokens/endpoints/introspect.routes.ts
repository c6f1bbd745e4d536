import { z } from "zod";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import type { Authenticate } from "../../../infrastructure/management/index.ts";
import { parseGrant } from "../../instances/index.ts";
import { permissionsOf, type ValidToken } from "../check-token.ts";
import type { StoredRefreshToken } from "../legacy/legacy.queries.ts";
import { readTokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { OAuthRoute } from "./oauth-route.ts";
import { aboutToken, inactiveToken } from "./oauth-schemas.ts";
import { checkOwnToken, inactive } from "./own-token.ts";
import { checkForResource, readResourceKey } from "./resource-key.ts";

const introspection = z
  .union([
    z.object({
      active: z.literal(true),
      scope: z.string(),
      token_type: z.literal("Bearer"),
      iss: z.string(),
      aud: z.string(),
      sub: z.string(),
      client_id: z.guid(),
      instance_id: z.guid(),
      site_id: z.guid(),
      iat: z.int(),
      exp: z.int(),
      jti: z.string(),
      permissions: z
        .array(z.string())
        .optional()
        .meta({ description: "Present for the server of a resource" }),
    }),
    z
      .object({
        active: z.literal(true),
        scope: z.string(),
        token_use: z.literal("refresh_token"),
        iss: z.string(),
        sub: z.string(),
        client_id: z.guid(),
        instance_id: z.guid(),
        site_id: z.guid(),
        iat: z.int(),
        jti: z.string(),
      })
      .meta({ description: "A refresh token of the legacy flow. It is no access token, and has no expiry" }),
    inactiveToken,
  ])
  .meta({ id: "Introspection" });

/**
 * An app gets a description of its own tokens. The server of a resource gets a description of tokens for the resource.
 */
export function introspectionRoute(deps: TokenDependencies, authenticate: Authenticate): OAuthRoute {
  const path = "/oauth2/introspect";
  return {
    method: "POST",
    path,
    access: { kind: "client" },
    operationId: "introspectToken",
    summary: "Describe one of the app's tokens (RFC 7662)",
    description:
      "The server of a resource authenticates with an API key that has the scope `tokens:introspect` and is bound to " +
      "the resource: as `Authorization: Bearer`, or as the client secret, by HTTP Basic or in the body. The client id " +
      "is then the id of the key or the identifier of the resource. The response has `permissions`.",
    ...aboutToken,
    responses: { 200: { description: "The token, or `active: false`", schema: introspection } },
    async endpoint(request, exchange) {
      const parameters = await readTokenParameters(request);
      const key = readResourceKey(request.headers, parameters);
      const call = { exchange, parameters, request };
      const check =
        "value" in key
          ? await checkForResource(deps, { ...call, key, authenticate })
          : await checkOwnToken(deps, { ...call, credentials: key });
      if ("reason" in check) return inactive(deps, check, { exchange, route: `POST ${path}` });
      if ("refreshToken" in check) return jsonResponse(describeRefreshToken(deps, check.refreshToken));
      if (!("value" in key)) return jsonResponse(describe(check.token));
      const permissions = await permissionsOf(deps, check.token);
      return jsonResponse({ ...describe(check.token), permissions });
    },
  };
}

function describeRefreshToken({ issuer }: TokenDependencies, token: StoredRefreshToken): object {
  return {
    active: true,
    scope: parseGrant(token.granted_scopes).join(" "),
    token_use: "refresh_token",
    iss: issuer,
    sub: token.app_id,
    client_id: token.app_id,
    instance_id: token.instance_id,
    site_id: token.site_id,
    iat: Math.floor(token.created_at / 1_000),
    jti: token.refresh_token_id,
  };
}

function describe({ claims, scopes }: ValidToken): object {
  const { aud, client_id, exp, iat, instance_id, iss, jti, site_id, sub } = claims;
  const scope = scopes.join(" ");
  return {
    active: true,
    scope,
    token_type: "Bearer",
    iss,
    aud,
    sub,
    client_id,
    instance_id,
    site_id,
    iat,
    exp,
    jti,
  };
}
