import { z } from "zod";
import { grants } from "../grants/grants.ts";

// Schemas of the OAuth endpoints for the reference and the tests. The endpoints read requests by themselves, because
// their errors have the form of RFC 6749 and never repeat what was sent.

/** Media types of a request to an OAuth endpoint. */
export const contentTypes: readonly string[] = ["application/json", "application/x-www-form-urlencoded"];

const clientFields = {
  client_id: z.guid().optional().meta({ description: "App ID; or both credentials as HTTP Basic" }),
  client_secret: z.string().optional().meta({ description: "App secret" }),
};

export const tokenRequest: z.ZodObject = z.object({
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

export const tokenResponse: z.ZodObject = z
  .object({
    access_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.int().meta({ description: "Seconds; 14400 unless the app has a shorter tokenLifetime" }),
    scope: z.string().optional().meta({ description: "Present when the request has a scope" }),
  })
  .meta({ id: "Token" });

export const tokenInfoRequest: z.ZodObject = z.object({ token: z.string() });

export const tokenInfo: z.ZodObject = z
  .object({
    active: z.boolean().meta({ description: "The only member when false" }),
    subjectType: z.enum(["APP", "USER", "UNKNOWN"]).optional(),
    subjectId: z.string().optional(),
    clientId: z.guid().optional(),
    siteId: z.guid().optional(),
    instanceId: z.guid().optional(),
    iat: z.string().optional().meta({ description: "Epoch seconds, as a string" }),
    exp: z.string().optional().meta({ description: "Epoch seconds, as a string" }),
  })
  .meta({ id: "TokenInfo" });

export const clientTokenRequest: z.ZodObject = z.object({
  ...clientFields,
  token: z.string(),
  token_type_hint: z.string().optional(),
});

export const introspection: z.ZodObject = z
  .object({
    active: z.boolean().meta({ description: "The only member when false" }),
    scope: z.string().optional(),
    token_type: z.literal("Bearer").optional(),
    iss: z.string().optional(),
    aud: z.string().optional(),
    sub: z.string().optional(),
    client_id: z.guid().optional(),
    instance_id: z.guid().optional(),
    site_id: z.guid().optional(),
    iat: z.int().optional(),
    exp: z.int().optional(),
    jti: z.string().optional(),
    permissions: z.array(z.string()).optional().meta({ description: "For the server of a resource" }),
  })
  .meta({ id: "Introspection" });

export const emptyObject: z.ZodObject = z.strictObject({});

export const oauthError: z.ZodObject = z.object({ error: z.string(), error_description: z.string() });

export const metadata: z.ZodObject = z
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

export const jwks: z.ZodObject = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        kty: z.string(),
        alg: z.string(),
        use: z.literal("sig"),
        crv: z.string().optional(),
        x: z.string().optional(),
        y: z.string().optional(),
        n: z.string().optional(),
        e: z.string().optional(),
      }),
    ),
  })
  .meta({ id: "JsonWebKeySet" });
