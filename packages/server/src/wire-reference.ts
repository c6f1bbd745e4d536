import type { OpenApiDocument } from "./management/index.ts";

type Paths = NonNullable<OpenApiDocument["paths"]>;
type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const guid: Schema = { type: "string", format: "uuid" };
const clientFields: Readonly<Record<string, Schema>> = {
  client_id: { ...guid, description: "App ID; or both credentials as HTTP Basic", example: "$APP_ID" },
  client_secret: { ...text, example: "$APP_SECRET" },
};
const anyToken: Schema = { ...text, example: "$ACCESS_TOKEN" };
const oauthRefusals = {
  400: {
    description: "invalid_request, unsupported_grant_type, invalid_scope or invalid_target (RFC 6749 §5.2)",
  },
  401: { description: "invalid_client: the client is unknown or its secret is wrong" },
  503: { description: "temporarily_unavailable: see Retry-After" },
};
const apiRefusals = {
  400: { description: "A field breaks a rule; validationError names it" },
  401: { description: "UNAUTHENTICATED: no good access token" },
  403: { description: "PERMISSION_DENIED: names the permission that is missing" },
};

/** The wire surface of apps, as the reference shows it beside the management API. */
export function wireReference(): Paths {
  const paths = {
    "/oauth2/token": { post: createToken },
    "/oauth2/token-info": { post: tokenInfo },
    "/oauth2/introspect": {
      post: {
        ...aboutToken("introspectToken", "Ask about one of the app's tokens (RFC 7662)"),
        description:
          "The server of a resource asks with an API key instead, as `Authorization: Bearer`; it has the scope " +
          "`tokens:introspect`, is bound to the resource, and learns of tokens for it, with their `permissions`.",
      },
    },
    "/oauth2/revoke": { post: aboutToken("revokeToken", "End one of the app's tokens (RFC 7009)") },
    "/.well-known/oauth-authorization-server": {
      get: open("getMetadata", "What this authorization server can do (RFC 8414)"),
    },
    "/.well-known/jwks.json": { get: open("getJwks", "Keys that access tokens are signed with (RFC 7517)") },
    "/apps/v1/instance": {
      get: {
        ...protectedBy("WIX_DEVELOPERS.MANAGE_APP_INSTANCE"),
        operationId: "getAppInstance",
        summary: "Get the instance that the token is for",
        responses: {
          200: answer({ instance: { type: "object" }, site: { type: "object" } }),
          ...apiRefusals,
        },
      },
    },
    "/stores/v1/products/query": { post: queryProducts },
    "/forward-auth": { get: forwardAuth },
  };
  return paths as unknown as Paths;
}

const createToken = {
  tags: ["Tokens"],
  operationId: "createToken",
  summary: "Exchange App ID, App secret and instanceId for an access token (RFC 6749 §4.4)",
  description: "JSON or form. The token goes as it is, or behind `Bearer `, into `Authorization`.",
  requestBody: body(
    {
      grant_type: { ...text, enum: ["client_credentials"] },
      ...clientFields,
      instance_id: guid,
      scope: text,
      resource: { ...text, description: "Identifier of a resource that the token shall be for (RFC 8707)" },
    },
    ["grant_type", "client_id", "client_secret", "instance_id"],
  ),
  responses: {
    200: answer({
      access_token: text,
      token_type: { const: "Bearer" },
      expires_in: {
        type: "integer",
        description: "Seconds; 14400 unless the app has a shorter tokenLifetime",
      },
      scope: { ...text, description: "When one was asked for" },
    }),
    ...oauthRefusals,
    404: { description: "invalid_grant: the app has no such instance; the token log says why" },
  },
};

const tokenInfo = {
  tags: ["Tokens"],
  operationId: "getTokenInfo",
  summary: "Ask what a token is; whoever holds it may",
  requestBody: body({ token: anyToken }, ["token"]),
  responses: {
    200: answer({
      active: { type: "boolean", description: "Alone when false" },
      subjectType: { const: "APP" },
      subjectId: guid,
      clientId: guid,
      siteId: guid,
      instanceId: guid,
      iat: { ...text, description: "Seconds" },
      exp: { ...text, description: "Seconds" },
    }),
    400: oauthRefusals[400],
  },
};

const queryProducts = {
  ...protectedBy("WIX_STORES.READ_PRODUCTS"),
  operationId: "queryProducts",
  summary: "Query the site's products (V1)",
  requestBody: body(
    {
      query: {
        type: "object",
        properties: {
          filter: { ...text, description: 'JSON as text, such as {"price":{"$lt":20}}' },
          sort: { ...text, description: 'JSON as text, such as [{"price":"desc"}]' },
          paging: {
            type: "object",
            properties: { limit: { type: "integer", maximum: 100 }, offset: { type: "integer", minimum: 0 } },
          },
        },
      },
      includeVariants: { type: "boolean" },
      includeHiddenProducts: { type: "boolean", description: "Needs WIX_STORES.MODIFY_PRODUCTS" },
      includeMerchantSpecificData: { type: "boolean", description: "Needs WIX_STORES.MODIFY_PRODUCTS" },
    },
    [],
  ),
  responses: {
    200: answer({
      products: { type: "array", items: { type: "object" } },
      metadata: { type: "object", properties: { items: { type: "integer" }, offset: { type: "integer" } } },
      totalResults: { type: "integer" },
    }),
    ...apiRefusals,
  },
};

const forwardAuth = {
  tags: ["Tokens"],
  security: [{ accessToken: [] }],
  operationId: "forwardAuth",
  summary: "Ask for a proxy whether a request may pass, by its access token",
  parameters: [
    { name: "resource", in: "query", schema: text, description: "The API that the token must be for" },
    { name: "permission", in: "query", schema: text, description: "What the token must permit" },
  ],
  responses: {
    200: {
      description: "It may; the headers say as whom",
      headers: Object.fromEntries(
        ["app", "instance", "site", "permissions"].map((name) => [`x-latchkey-${name}`, { schema: text }]),
      ),
    },
    401: apiRefusals[401],
    403: apiRefusals[403],
  },
};

function aboutToken(operationId: string, summary: string) {
  return {
    tags: ["Tokens"],
    operationId,
    summary,
    requestBody: body({ ...clientFields, token: anyToken }, ["client_id", "client_secret", "token"]),
    responses: { 200: { description: "Done" }, ...oauthRefusals },
  };
}

function open(operationId: string, summary: string) {
  return { tags: ["Tokens"], operationId, summary, responses: { 200: { description: "Done" } } };
}

function protectedBy(permission: string) {
  return {
    tags: ["APIs for apps"],
    security: [{ accessToken: [] }],
    description: `Needs an access token with the permission \`${permission}\`.`,
  };
}

function body(properties: Readonly<Record<string, Schema>>, required: readonly string[]) {
  return { required: true, content: json({ type: "object", properties, required }) };
}

function answer(properties: Readonly<Record<string, Schema>>) {
  return { description: "Done", content: json({ type: "object", properties }) };
}

function json(schema: Schema) {
  return { "application/json": { schema } };
}
