import type { Endpoint } from "../../infrastructure/http/index.ts";
import type { Authenticate } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { introspectionEndpoint } from "./endpoints/introspect.ts";
import { jwksEndpoint, metadataEndpoint } from "./endpoints/metadata.ts";
import { refusingAsOAuth } from "./endpoints/oauth-refusal.ts";
import {
  clientTokenRequest,
  contentTypes,
  emptyObject,
  introspection,
  jwks,
  metadata,
  oauthError,
  tokenInfo,
  tokenInfoRequest,
  tokenRequest,
  tokenResponse,
} from "./endpoints/oauth-schemas.ts";
import { revocationEndpoint } from "./endpoints/revoke.ts";
import { tokenEndpoint } from "./endpoints/token-endpoint.ts";
import { tokenInfoEndpoint } from "./endpoints/token-info.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/**
 * The OAuth endpoints.
 *
 * @param authenticate returns the principal of the API key that a request carries
 */
export function oauthRoutes(deps: TokenDependencies, authenticate: Authenticate): readonly Route[] {
  const routes = [tokenRoute(deps), ...tokenStateRoutes(deps, authenticate), ...metadataRoutes(deps)];
  return routes.map(({ endpoint, ...route }) => {
    const respond = refusingAsOAuth(deps.log, endpoint);
    return { ...route, tag: "Tokens", respond: (call) => respond(call.request, call.exchange) };
  });
}

function tokenRoute(deps: TokenDependencies): OAuthRoute {
  return {
    method: "POST",
    path: "/oauth2/token",
    access: { kind: "client" },
    operationId: "createToken",
    summary: "Exchange App ID, App secret and instanceId for an access token (RFC 6749 §4.4)",
    description: "The token goes into `Authorization` as it is, or after `Bearer `.",
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
    endpoint: tokenEndpoint(deps),
  };
}

function tokenStateRoutes(deps: TokenDependencies, authenticate: Authenticate): OAuthRoute[] {
  return [
    {
      method: "POST",
      path: "/oauth2/token-info",
      aliases: ["/oauth2/token_info"],
      access: { kind: "anyone" },
      operationId: "getTokenInfo",
      summary: "Describe a token to its holder",
      body: { schema: tokenInfoRequest, contentTypes },
      example: { token: "$ACCESS_TOKEN" },
      responses: { 200: { description: "The token, or `active: false`", schema: tokenInfo } },
      oauthErrors: ["invalid_request"],
      endpoint: tokenInfoEndpoint(deps),
    },
    {
      method: "POST",
      path: "/oauth2/introspect",
      access: { kind: "client" },
      operationId: "introspectToken",
      summary: "Describe one of the app's tokens (RFC 7662)",
      description:
        "The server of a resource authenticates with an API key as `Authorization: Bearer`. The key has the scope " +
        "`tokens:introspect` and is bound to the resource; the response then has `permissions`.",
      ...aboutToken,
      responses: { 200: { description: "The token, or `active: false`", schema: introspection } },
      endpoint: introspectionEndpoint(deps, authenticate),
    },
    {
      method: "POST",
      path: "/oauth2/revoke",
      access: { kind: "client" },
      operationId: "revokeToken",
      summary: "Revoke one of the app's tokens (RFC 7009)",
      ...aboutToken,
      responses: { 200: { description: "Revoked, or not a token of the app", schema: emptyObject } },
      endpoint: revocationEndpoint(deps),
    },
  ];
}

function metadataRoutes(deps: TokenDependencies): OAuthRoute[] {
  return [
    {
      method: "GET",
      path: "/.well-known/oauth-authorization-server",
      access: { kind: "anyone" },
      operationId: "getMetadata",
      summary: "Get the metadata of this authorization server (RFC 8414)",
      responses: { 200: { description: "The metadata", schema: metadata } },
      oauthErrors: [],
      endpoint: metadataEndpoint(deps),
    },
    {
      method: "GET",
      path: "/.well-known/jwks.json",
      access: { kind: "anyone" },
      operationId: "getJwks",
      summary: "Get the keys that verify access tokens (RFC 7517)",
      responses: {
        200: { description: "The keys", schema: jwks, contentType: "application/jwk-set+json" },
        304: { description: "The keys are those of `If-None-Match`" },
      },
      oauthErrors: [],
      endpoint: jwksEndpoint(deps),
    },
  ];
}

interface OAuthRoute extends Omit<Route, "tag" | "respond"> {
  readonly oauthErrors: NonNullable<Route["oauthErrors"]>;
  readonly endpoint: Endpoint;
}

const aboutToken = {
  body: { schema: clientTokenRequest, contentTypes },
  example: { client_id: "$APP_ID", client_secret: "$APP_SECRET", token: "$ACCESS_TOKEN" },
  oauthErrors: ["invalid_request", "invalid_client"],
} as const satisfies Partial<OAuthRoute>;
