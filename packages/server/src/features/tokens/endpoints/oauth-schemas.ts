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

/** The response about a token that is not valid, or not for the caller. */
const inactive = z.object({ active: z.literal(false) });

export const tokenInfo: z.ZodType = z
  .union([
    z.object({
      active: z.literal(true),
      subjectType: z.enum(["APP", "USER", "UNKNOWN"]).meta({ description: "UNKNOWN: an instance parameter" }),
      subjectId: z.string().optional().meta({ description: "Absent for an instance parameter" }),
      clientId: z.guid(),
      siteId: z.guid(),
      instanceId: z.guid(),
      iat: z.string().meta({ description: "Epoch seconds, as a string" }),
      exp: z.string().meta({ description: "Epoch seconds, as a string" }),
    }),
    inactive,
  ])
  .meta({ id: "TokenInfo" });

export const clientTokenRequest: z.ZodObject = z.object({
  ...clientFields,
  token: z.string(),
  token_type_hint: z.string().optional(),
});

export const introspection: z.ZodType = z
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
    inactive,
  ])
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
