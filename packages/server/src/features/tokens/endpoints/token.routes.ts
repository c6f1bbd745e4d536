import { z } from "zod";
import { grants } from "../grants/grants.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { grantEndpoint } from "./grant-endpoint.ts";
import type { OAuthRoute } from "./oauth-route.ts";
import { clientFields, contentTypes } from "./oauth-schemas.ts";

const tokenRequest = z.object({
  grant_type: z.enum([...grants.keys()]),
  ...clientFields,
  instance_id: z.guid().optional().meta({ description: "Required for client_credentials" }),
  access_token: z.string().optional().meta({
    description: "For strip_bound_session, instead of the ids: a token that a page received",
  }),
  scope: z
    .string()
    .optional()
    .meta({ description: "Scope ids, separated by one space. Default: every scope of the grant" }),
  resource: z.string().optional().meta({
    description: "Identifier of the resource that the token is for (RFC 8707); with client_credentials",
  }),
});

const tokenResponse = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.int().meta({ description: "Seconds; 14400 unless the app has a shorter tokenLifetime" }),
    scope: z.string().optional().meta({ description: "Present when the request has a scope" }),
  })
  .meta({ id: "Token" });

const oauthError = z.object({ error: z.string(), error_description: z.string() });

/** The token endpoint (RFC 6749 §3.2). */
export function tokenRoute(deps: TokenDependencies): OAuthRoute {
  return {
    method: "POST",
    path: "/oauth2/token",
    access: { kind: "client" },
    operationId: "createToken",
    summary: "Exchange App ID, App secret and instanceId for an access token (RFC 6749 §4.4)",
    description: "The token goes into `Authorization` as it is, or after the scheme `Bearer`.",
    body: { schema: tokenRequest, contentTypes },
    example: {
      grant_type: "client_credentials",
      client_id: "$APP_ID",
      client_secret: "$APP_SECRET",
      instance_id: "$INSTANCE_ID",
    },
    responses: {
      200: { description: "The token", schema: tokenResponse },
      404: {
        description: "invalid_grant: the app has no such instance; the token log has the reason",
        schema: oauthError,
      },
    },
    oauthErrors: [
      "invalid_request",
      "invalid_client",
      "invalid_grant",
      "unsupported_grant_type",
      "invalid_scope",
      "invalid_target",
    ],
    endpoint: grantEndpoint(deps, grants),
  };
}
