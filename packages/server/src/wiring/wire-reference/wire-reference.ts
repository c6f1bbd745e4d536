import type { OpenApiDocument } from "../../infrastructure/routes/index.ts";
import { answer, apiRefusals, body, guid, objects, protectedBy, type Schema, text } from "./operations.ts";
import { storeChanges } from "./stores.ts";

type Paths = NonNullable<OpenApiDocument["paths"]>;

const clientFields: Readonly<Record<string, Schema>> = {
  client_id: { ...guid, description: "App ID; or both credentials as HTTP Basic", example: "$APP_ID" },
  client_secret: { ...text, example: "$APP_SECRET" },
};
const anyToken: Schema = { ...text, example: "$ACCESS_TOKEN" };
const oauthRefusals = {
  400: {
    description:
      "invalid_request, unsupported_grant_type, invalid_scope, invalid_target, or invalid_grant for an access_token " +
      "that has ended (RFC 6749 §5.2)",
  },
  401: { description: "invalid_client: the client is unknown or its secret is wrong" },
  503: { description: "temporarily_unavailable: see Retry-After" },
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
    "/apps/{appId}/.well-known/jwks.json": {
      get: {
        ...open("getAppJwks", "Keys that an app's webhooks are signed with (RFC 7517)"),
        parameters: [{ name: "appId", in: "path", required: true, schema: guid }],
      },
    },
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
    "/stores-reader/v1/products/query-platformized": { get: queryEncoded, post: queryPlatformized },
    "/stores/v1/products/{productId}/variants/query": { post: queryVariants },
    ...storeChanges,
    "/stores/v3/provision/version": {
      get: {
        ...protectedBy("WIX_STORES.CATALOG_VERSION_READ"),
        operationId: "getCatalogVersion",
        summary: "Ask which version of the catalog the site has; paths of another one answer 428",
        responses: { 200: answer({ catalogVersion: { const: "V1_CATALOG" } }), ...apiRefusals },
      },
    },
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
      grant_type: { ...text, enum: ["client_credentials", "strip_bound_session"] },
      ...clientFields,
      instance_id: { ...guid, description: "For client_credentials, which needs it" },
      access_token: {
        ...text,
        description: "For strip_bound_session, in place of the ids: a token that a page was given",
      },
      scope: { ...text, description: "Ids with one space between them; default: all that it may have" },
      resource: {
        ...text,
        description:
          "Identifier of a resource that the token shall be for (RFC 8707); with client_credentials",
      },
    },
    ["grant_type"],
    {
      grant_type: "client_credentials",
      client_id: "$APP_ID",
      client_secret: "$APP_SECRET",
      instance_id: "$INSTANCE_ID",
    },
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

const paging: Schema = {
  type: "object",
  properties: { limit: { type: "integer", maximum: 100 }, offset: { type: "integer", minimum: 0 } },
};
const pageInfo: Schema = {
  type: "object",
  properties: { items: { type: "integer" }, offset: { type: "integer" } },
};
const productParts: Readonly<Record<string, Schema>> = {
  includeVariants: { type: "boolean" },
  includeHiddenProducts: { type: "boolean", description: "Needs WIX_STORES.MODIFY_PRODUCTS" },
  includeMerchantSpecificData: { type: "boolean", description: "Needs WIX_STORES.MODIFY_PRODUCTS" },
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
          paging,
        },
      },
      ...productParts,
    },
    [],
  ),
  responses: {
    200: answer({ products: objects, metadata: pageInfo, totalResults: { type: "integer" } }),
    ...apiRefusals,
  },
};

const platformizedAnswers = {
  200: answer({
    products: objects,
    metadata: {
      type: "object",
      properties: {
        count: { type: "integer" },
        offset: { type: "integer" },
        total: { type: "integer", description: "On all pages; absent by cursor" },
        cursors: { type: "object", properties: { next: text, prev: text } },
      },
    },
  }),
  ...apiRefusals,
};

const queryPlatformized = {
  ...protectedBy("WIX_STORES.READ_PRODUCTS"),
  operationId: "queryProductsPlatformized",
  summary: "Query the site's products, in the form of the client library",
  requestBody: body(
    {
      query: {
        type: "object",
        properties: {
          filter: { type: "object", description: 'Such as {"price":{"$lt":20}}' },
          sort: {
            type: "array",
            items: { type: "object", properties: { fieldName: text, order: { enum: ["ASC", "DESC"] } } },
          },
          paging,
          cursorPaging: {
            type: "object",
            description: "In the place of paging",
            properties: { limit: { type: "integer", maximum: 100 }, cursor: text },
          },
        },
      },
      ...productParts,
    },
    [],
  ),
  responses: platformizedAnswers,
};

const queryEncoded = {
  ...protectedBy("WIX_STORES.READ_PRODUCTS"),
  operationId: "queryProductsEncoded",
  summary: "The same by GET: the body as base64url in .r, or its members as parameters with dots",
  parameters: [
    { name: ".r", in: "query", required: false, description: "The JSON of the body, unpadded", schema: text },
  ],
  responses: platformizedAnswers,
};

const queryVariants = {
  ...protectedBy("WIX_STORES.READ_PRODUCTS"),
  operationId: "queryProductVariants",
  summary: "Query the variants of a product",
  parameters: [{ name: "productId", in: "path", required: true, schema: guid }],
  requestBody: body(
    {
      choices: {
        type: "object",
        description: "By option",
        additionalProperties: text,
        example: { Size: "1 kg" },
      },
      variantIds: { type: "array", items: guid },
      paging,
      includeMerchantSpecificData: productParts.includeMerchantSpecificData ?? {},
    },
    [],
  ),
  responses: {
    200: answer({ variants: objects, metadata: pageInfo, totalResults: { type: "integer" } }),
    ...apiRefusals,
    404: { description: "PRODUCT_NOT_FOUND" },
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
