import { z } from "zod";
import { grantEndpoint } from "../endpoints/grant-endpoint.ts";
import type { OAuthRoute } from "../endpoints/oauth-route.ts";
import { clientFields, contentTypes } from "../endpoints/oauth-schemas.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { legacyGrants } from "./legacy-grants.ts";

const accessRequest = z.object({
  grant_type: z.enum([...legacyGrants.keys()]),
  ...clientFields,
  code: z.string().optional().meta({ description: "For authorization_code: the code of the redirect" }),
  redirect_uri: z
    .string()
    .optional()
    .meta({ description: "For authorization_code: if sent, it must be the address of the redirect" }),
  code_verifier: z.string().optional().meta({
    description: "For authorization_code: required when the code has a code_challenge (PKCE)",
  }),
  refresh_token: z.string().optional().meta({ description: "For refresh_token" }),
  scope: z
    .string()
    .optional()
    .meta({ description: "For refresh_token: scope ids. Default: every scope of the grant" }),
});

const accessResponse = z
  .object({
    access_token: z.string().meta({ description: "Valid for 5 minutes" }),
    refresh_token: z
      .string()
      .meta({ description: "Valid as long as the app stays installed; it does not change" }),
    scope: z.string().optional().meta({ description: "Present when the request has a scope" }),
  })
  .meta({ id: "LegacyTokens" });

/** The token endpoint of the legacy flow (wire §3.2). */
export function legacyAccessRoute(deps: TokenDependencies): OAuthRoute {
  return {
    method: "POST",
    path: "/oauth/access",
    access: { kind: "client" },
    operationId: "createLegacyTokens",
    summary: "Exchange a code or a refresh token of the legacy flow for an access token",
    description:
      "Only for apps that are marked as legacy. Other apps exchange App ID, App secret and instanceId at `/oauth2/token`, " +
      "and need no refresh token.",
    body: { schema: accessRequest, contentTypes },
    example: {
      grant_type: "refresh_token",
      client_id: "$APP_ID",
      client_secret: "$APP_SECRET",
      refresh_token: "$REFRESH_TOKEN",
    },
    responses: { 200: { description: "The tokens", schema: accessResponse } },
    oauthErrors: [
      "invalid_request",
      "invalid_client",
      "invalid_grant",
      "unauthorized_client",
      "unsupported_grant_type",
      "invalid_scope",
    ],
    endpoint: grantEndpoint(deps, legacyGrants),
  };
}
