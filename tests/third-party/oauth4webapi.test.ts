import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { createBookingScopes, createOwnApi } from "@latchkey/test-support/own-api";
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clientCredentialsGrantRequest,
  discoveryRequest,
  introspectionRequest,
  processClientCredentialsResponse,
  processDiscoveryResponse,
  processIntrospectionResponse,
  processRevocationResponse,
  revocationRequest,
  validateJwtAccessToken,
} from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// `oauth4webapi` is a strict OAuth client. It reads the system clock, so the platform's clock starts at the same time.
const options = { [allowInsecureRequests]: true };
let platform: TestPlatform;
let server: AuthorizationServer;
let client: Client;
let secret: string;
let instance: { readonly instance_id: string };

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores] });
  const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  const { siteId } = await platform.createSite();
  instance = { instance_id: (await platform.install({ appId: app.appId, siteId })).instanceId };
  client = { client_id: app.appId };
  secret = app.secret.value;
  const issuer = new URL(platform.url);
  const response = await discoveryRequest(issuer, { ...options, algorithm: "oauth2" });
  server = await processDiscoveryResponse(issuer, response);
});
afterAll(() => platform.close());

test("FR-F10: discovers only existing endpoints, and no response type", () => {
  expect(server).toEqual({
    issuer: platform.url,
    token_endpoint: `${platform.url}/oauth2/token`,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    introspection_endpoint: `${platform.url}/oauth2/introspect`,
    introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "Bearer"],
    revocation_endpoint: `${platform.url}/oauth2/revoke`,
    revocation_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    jwks_uri: `${platform.url}/.well-known/jwks.json`,
    grant_types_supported: ["client_credentials", "strip_bound_session"],
    response_types_supported: [],
    service_documentation: `${platform.url}/docs`,
  });
});

describe.each([
  ["client_secret_post", ClientSecretPost],
  ["client_secret_basic", ClientSecretBasic],
])("with %s", (_, method) => {
  let proof: ClientAuth;

  beforeAll(() => {
    proof = method(secret);
  });

  test("gets a token that it can validate, introspect and revoke", async () => {
    const { access_token, expires_in, token_type } = await getToken(proof);
    expect({ expires_in, token_type }).toEqual({ expires_in: 14_400, token_type: "bearer" });

    const headers = { authorization: `Bearer ${access_token}` };
    const call = new Request(`${platform.url}/apps/v1/instance`, { headers });
    const claims = await validateJwtAccessToken(server, call, platform.url, options);
    expect(claims).toMatchObject({ iss: platform.url, client_id: client.client_id, ...instance });

    expect(await introspect(proof, access_token)).toMatchObject({ active: true, ...instance });
    await processRevocationResponse(await revocationRequest(server, client, proof, access_token, options));
    expect(await introspect(proof, access_token)).toEqual({ active: false });
  });

  test("gets the error for an unknown instance", async () => {
    await expect(
      getToken(proof, { instance_id: "00000000-0000-4000-8000-000000000000" }),
    ).rejects.toMatchObject({
      error: "invalid_grant",
      error_description: "The app has no instance with this instance_id.",
      status: 404,
    });
  });
});

test.each([
  ["client_secret_post", ClientSecretPost],
  ["client_secret_basic", ClientSecretBasic],
])("the server of a resource introspects its tokens with %s (FR-C4)", async (_, method) => {
  await createBookingScopes(platform);
  const api = await createOwnApi(platform, `https://api.example.com/${crypto.randomUUID()}`);
  const resource = { client_id: api.audience };
  const ask = async (proof: ClientAuth, token: string) => {
    const response = await introspectionRequest(server, resource, proof, token, options);
    return await processIntrospectionResponse(server, resource, response);
  };
  expect(await ask(method(api.apiKey), await api.mint())).toMatchObject({ active: true, aud: api.audience });
  expect(await ask(method(api.apiKey), "unknown")).toEqual({ active: false });
  await expect(ask(method(`${api.apiKey}x`), "unknown")).rejects.toMatchObject({ status: 401 });
});

test("gets the error for a wrong secret", async () => {
  await expect(getToken(ClientSecretPost("wrong"))).rejects.toMatchObject({
    error: "invalid_client",
    error_description: "The client is unknown or its secret is wrong.",
    status: 401,
  });
  await expect(getToken(ClientSecretBasic("wrong"))).rejects.toMatchObject({
    code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
    status: 401,
    cause: [{ scheme: "basic", parameters: { realm: "latchkey" } }],
  });
});

async function getToken(proof: ClientAuth, parameters: Record<string, string> = instance) {
  const response = await clientCredentialsGrantRequest(server, client, proof, parameters, options);
  return await processClientCredentialsResponse(server, client, response);
}

async function introspect(proof: ClientAuth, token: string) {
  const response = await introspectionRequest(server, client, proof, token, options);
  return await processIntrospectionResponse(server, client, response);
}
