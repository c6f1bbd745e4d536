import type { Configuration } from "openid-client";
import { storableText } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";

/** The flag that members of a group get. */
export type GroupRole = "developer" | "operator";

/** The platform's own identity provider (OpenID Connect). */
export interface IdentityProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The claim with the groups of a person. */
  readonly groupsClaim?: string | undefined;
  /** The flags by group. When it is absent, an operator sets them. */
  readonly roles?: ReadonlyMap<string, GroupRole> | undefined;
}

/** A person whom the identity provider has authenticated. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** What the browser keeps between the request to the identity provider and its response. */
export interface SignInState {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly next: string;
}

const callbackPath = "/sign-in/oidc/callback";
const timeoutSeconds = 10;
const maxName = 200;

/**
 * Signs people in by the authorization code flow with PKCE, `state`, `nonce` and `iss` (RFC 9207). The signature of the ID
 * token is verified too.
 */
export class IdentityProvider {
  readonly #config: IdentityProviderConfig;
  readonly #redirectUrl: string;
  #discovered: Promise<Configuration> | undefined;

  constructor(config: IdentityProviderConfig, publicUrl: string) {
    this.#config = config;
    this.#redirectUrl = publicUrl + callbackPath;
  }

  /** Returns the address where the sign-in begins. Throws `IDENTITY_PROVIDER_UNAVAILABLE`. */
  async begin(next: string): Promise<{ url: string; state: SignInState }> {
    const client = await import("openid-client");
    const configuration = await this.#discover();
    const codeVerifier = client.randomPKCECodeVerifier();
    const state = { state: client.randomState(), nonce: client.randomNonce(), codeVerifier, next };
    const supported = configuration.serverMetadata().scopes_supported ?? [];
    const { groupsClaim = "" } = this.#config;
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUrl,
      scope: ["openid", "profile", ...(supported.includes(groupsClaim) ? [groupsClaim] : [])].join(" "),
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: "S256",
      state: state.state,
      nonce: state.nonce,
    });
    return { url: url.href, state };
  }

  /**
   * Verifies the response of the identity provider. Throws `OIDC_SIGN_IN_FAILED`, `IDENTITY_PROVIDER_UNAVAILABLE`.
   *
   * @param search the query of the callback
   */
  async finish(search: string, { codeVerifier, nonce, state }: SignInState): Promise<Identity> {
    const client = await import("openid-client");
    const configuration = await this.#discover();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, new URL(search, this.#redirectUrl), {
        pkceCodeVerifier: codeVerifier,
        expectedNonce: nonce,
        expectedState: state,
        idTokenExpected: true,
      });
      const idToken = tokens.claims();
      if (idToken === undefined) throw new Error("no ID token");
      const { userinfo_endpoint: endpoint } = configuration.serverMetadata();
      const more =
        endpoint === undefined
          ? {}
          : await client.fetchUserInfo(configuration, tokens.access_token, idToken.sub);
      const claims: Readonly<Record<string, unknown>> = { ...more, ...idToken };
      return {
        issuer: idToken.iss,
        subject: idToken.sub,
        name: nameOf(claims),
        groups: groupsOf(claims[this.#config.groupsClaim ?? ""]),
      };
    } catch (cause) {
      throw new ApiError("OIDC_SIGN_IN_FAILED", { cause });
    }
  }

  /** The flags that the groups of a person give; undefined when an operator sets them. */
  flagsOf({ groups }: Identity): { isDeveloper: boolean; isOperator: boolean } | undefined {
    const { roles } = this.#config;
    if (roles === undefined) return undefined;
    const given = groups.map((group) => roles.get(group));
    return { isDeveloper: given.includes("developer"), isOperator: given.includes("operator") };
  }

  async #discover(): Promise<Configuration> {
    const client = await import("openid-client");
    const { clientId, clientSecret, issuer } = this.#config;
    const insecure = issuer.startsWith("http:") ? [client.allowInsecureRequests] : [];
    const execute = [...insecure, client.enableNonRepudiationChecks];
    const options = { execute, timeout: timeoutSeconds };
    this.#discovered ??= client.discovery(new URL(issuer), clientId, clientSecret, undefined, options);
    try {
      return await this.#discovered;
    } catch (cause) {
      this.#discovered = undefined;
      throw new ApiError("IDENTITY_PROVIDER_UNAVAILABLE", { cause });
    }
  }
}

function nameOf({ name, preferred_username: username, sub }: Readonly<Record<string, unknown>>): string {
  const given = [name, username, sub].find((one) => typeof one === "string" && one.trim() !== "");
  return storableText(String(given).trim(), maxName);
}

function groupsOf(claim: unknown): string[] {
  const groups = typeof claim === "string" ? [claim] : claim;
  return Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [];
}
