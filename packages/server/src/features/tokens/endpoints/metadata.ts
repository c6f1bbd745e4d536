import { hash } from "node:crypto";
import { type Endpoint, jsonResponse } from "../../../infrastructure/http/index.ts";
import { jwksMaxAgeSeconds, readJwks } from "../../signing-keys/index.ts";
import { grants } from "../grants/grants.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** `GET /.well-known/oauth-authorization-server` (RFC 8414): only what exists. */
export function metadataEndpoint({ issuer }: Pick<TokenDependencies, "issuer">): Endpoint {
  const clientMethods = ["client_secret_basic", "client_secret_post"];
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    token_endpoint_auth_methods_supported: clientMethods,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    // Apps as at the other endpoints; servers of resources with an API key (RFC 8414 §2 allows token types here).
    introspection_endpoint_auth_methods_supported: [...clientMethods, "Bearer"],
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    revocation_endpoint_auth_methods_supported: clientMethods,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: [...grants.keys()],
    response_types_supported: [],
    service_documentation: `${issuer}/docs`,
  };
  return async () => jsonResponse(metadata, { headers: { "cache-control": "public, max-age=3600" } });
}

/** `GET /.well-known/jwks.json` (RFC 7517): cacheable for less time than a new key is announced ahead. */
export function jwksEndpoint({ clock, database }: Pick<TokenDependencies, "clock" | "database">): Endpoint {
  return async (request) => {
    const jwks = await readJwks(database.read, clock.now());
    const etag = `"${hash("sha256", JSON.stringify(jwks), "base64url").slice(0, 22)}"`;
    const headers = { etag, "cache-control": `public, max-age=${jwksMaxAgeSeconds}` };
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    return jsonResponse(jwks, { headers: { ...headers, "content-type": "application/jwk-set+json" } });
  };
}
