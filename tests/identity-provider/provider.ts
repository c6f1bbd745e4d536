import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import * as oidc from "oidc-provider";

/** What the provider tells about a person. */
export interface Person {
  readonly sub: string;
  readonly name: string;
  readonly email?: string;
  readonly groups: readonly string[];
}

/** A running identity provider. */
export interface TestProvider {
  /** Everybody who comes next is this person. */
  become(person: Person): void;
  stop(): Promise<void>;
}

interface Provider {
  readonly Grant: new (grant: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
  callback(): RequestListener;
  interactionFinished(...call: [...Parameters<RequestListener>, result: object]): Promise<void>;
}

interface GrantContext {
  readonly oidc: {
    readonly provider: Provider;
    readonly client: { clientId: string };
    readonly session: { accountId: string };
  };
}

/** Starts node-oidc-provider on a port. It knows one client, and signs everybody in without questions. */
export async function startProvider(
  port: number,
  { redirectUrl, ...client }: { clientId: string; clientSecret: string; redirectUrl: string },
): Promise<TestProvider> {
  let current: Person | undefined;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const provider = new (oidc.Provider as unknown as new (issuer: string, configuration: object) => Provider)(
    `http://127.0.0.1:${port}`,
    {
      clients: [
        { client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUrl] },
      ].map((one) => ({ ...one, token_endpoint_auth_method: "client_secret_post" })),
      jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig" }] },
      cookies: { keys: ["a key for tests"] },
      scopes: ["openid", "profile", "groups"],
      claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_: unknown, sub: string) => ({
        accountId: sub,
        claims: async () => ({ ...current, sub }),
      }),
      async loadExistingGrant({ oidc: { client: of, provider: issuer, session } }: GrantContext) {
        const grant = new issuer.Grant({ clientId: of.clientId, accountId: session.accountId });
        grant.addOIDCScope("openid profile groups");
        await grant.save();
        return grant;
      },
    },
  );
  const handle = provider.callback();
  const server = createServer((request, response) => {
    if (!request.url?.startsWith("/interaction/")) return handle(request, response);
    const result = current === undefined ? { error: "access_denied" } : { login: { accountId: current.sub } };
    return void provider.interactionFinished(request, response, result);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    become(person) {
      current = person;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
