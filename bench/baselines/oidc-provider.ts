// node-oidc-provider, configured as its documentation says for client_credentials with JWT access tokens: ES256, one API,
// the adapter in memory. Its tokens have fewer claims than ours.
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";
import { baselineCredentials as known } from "./credentials.ts";
import { serve } from "./serve.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "baseline-1" };

const provider = new Provider(known.resource, {
  clients: [
    {
      client_id: known.appId,
      client_secret: known.appSecret,
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "ES256",
      scope: known.scope,
    },
  ],
  jwks: { keys: [jwk] },
  scopes: known.scope.split(" "),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: known.scope,
        audience: known.resource,
        accessTokenTTL: 14_400,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
});

serve(provider.callback());
