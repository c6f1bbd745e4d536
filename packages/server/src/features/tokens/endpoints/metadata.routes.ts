import { hash } from "node:crypto";
import { z } from "zod";
import { jsonResponse } from "../../../infrastructure/http/index.ts";
import { jwksMaxAgeSeconds, readJwks } from "../../signing-keys/index.ts";
import { grants } from "../grants/grants.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { OAuthRoute } from "./oauth-route.ts";

const metadataResponse = z
  .object({
    issuer: z.string(),
    token_endpoint: z.string(),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    introspection_endpoint: z.string(),
    introspection_endpoint_auth_methods_supported: z.array(z.string()),
    revocation_endpoint: z.string(),
    revocation_endpoint_auth_methods_supported: z.array(z.string()),
    jwks_uri: z.string(),
    grant_types_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    service_documentation: z.string(),
  })
  .meta({ id: "Metadata" });

const jwksResponse = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        kty: z.literal("EC"),
        alg: z.literal("ES256"),
        use: z.literal("sig"),
        crv: z.string(),
        x: z.string(),
        y: z.string(),
      }),
    ),
  })
  .meta({ id: "JsonWebKeySet" });

export function metadataRoute({ issuer }: Pick<TokenDependencies, "issuer">): OAuthRoute {
  const clientMethods = ["client_secret_basic", "client_secret_post"];
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    // "Bearer" is for servers of resources, which have an API key (RFC 8414 §2 allows token types here).
    introspection_endpoint_auth_methods_supported: [...clientMethods, "Bearer"],
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    revocation_endpoint_auth_methods_supported: clientMethods,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: [...grants.keys()],
    response_types_supported: [],
    service_documentation: `${issuer}/docs`,
  };
  return {
    method: "GET",
    path: "/.well-known/oauth-authorization-server",
    access: { kind: "anyone" },
    operationId: "getMetadata",
    summary: "Get the metadata of this authorization server (RFC 8414)",
    responses: { 200: { description: "The metadata", schema: metadataResponse } },
    oauthErrors: [],
    endpoint: async () => jsonResponse(metadata, { headers: { "cache-control": "public, max-age=3600" } }),
  };
}

/** Cached responses expire before an announced key starts to sign. */
export function jwksRoute({ clock, database }: Pick<TokenDependencies, "clock" | "database">): OAuthRoute {
  const contentType = "application/jwk-set+json";
  return {
    method: "GET",
    path: "/.well-known/jwks.json",
    access: { kind: "anyone" },
    operationId: "getJwks",
    summary: "Get the keys that verify access tokens (RFC 7517)",
    responses: {
      200: { description: "The keys", schema: jwksResponse, contentType },
      304: { description: "The keys are those of `If-None-Match`" },
    },
    oauthErrors: [],
    async endpoint(request) {
      const jwks = await readJwks(database.read, clock.now());
      const etag = `"${hash("sha256", JSON.stringify(jwks), "base64url").slice(0, 22)}"`;
      const headers = { etag, "cache-control": `public, max-age=${jwksMaxAgeSeconds}` };
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
      return jsonResponse(jwks, { headers: { ...headers, "content-type": contentType } });
    },
  };
}
