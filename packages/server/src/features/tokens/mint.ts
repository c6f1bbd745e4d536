import { type AccessTokenClaims, type TokenGeneration, wixTokenPrefix } from "@latchkey/protocol";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { signAccessToken } from "./access-token.ts";
import type { TokenAnswer } from "./grants/grant.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/** What a token is minted for: an instance that its app proved to be its own. */
export interface Minting {
  readonly appId: string;
  /** As whom it acts. Default: as the app. */
  readonly subject?: string;
  readonly secretId: string;
  readonly instanceId: string;
  readonly siteId: string;
  /** The one API that the token is for. */
  readonly audience: string;
  /** What the scopes permit now, for an audience that may not ask the platform. */
  readonly permissions?: readonly string[];
  /** Scope ids with one space between them. */
  readonly scope: string;
  /** Whether the app asked for this scope, and so is told what it got (RFC 6749 §5.1). */
  readonly scopeAsked: boolean;
  readonly generation: TokenGeneration;
  /** `jti` of the tokens that it is exchanged from, the nearest first. Default: none. */
  readonly derivedFrom?: readonly string[];
  readonly kid: string;
  /** Seconds. */
  readonly lifetime: number;
  readonly format: string | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes an access token (RFC 9068). Nothing is written: the token carries all that decides about it later. */
export async function mint(deps: TokenDependencies, minting: Minting): Promise<TokenAnswer> {
  const { appId, instanceId, kid, lifetime, now, secretId } = minting;
  const iat = Math.floor(now / 1_000);
  const claims: AccessTokenClaims = {
    iss: deps.issuer,
    aud: minting.audience,
    client_id: appId,
    sub: minting.subject ?? appId,
    instance_id: instanceId,
    site_id: minting.siteId,
    scope: minting.scope,
    iat,
    exp: iat + lifetime,
    jti: deps.ids.guid(),
    gen: minting.generation,
    secret_id: secretId,
    ...(minting.derivedFrom === undefined ? {} : { derived_from: minting.derivedFrom }),
    ...(minting.permissions === undefined ? {} : { permissions: minting.permissions }),
  };
  const wix = minting.format === "wix";
  const privateKey = await deps.keyRing.privateKey(kid);
  const token = await signAccessToken(wix ? { ...claims, data: wixData(minting) } : claims, {
    kid,
    privateKey,
  });
  deps.usage.minted({ secretId, instanceId, at: now });
  return {
    access_token: wix ? wixTokenPrefix + token : token,
    token_type: "Bearer",
    expires_in: lifetime,
    ...(minting.scopeAsked ? { scope: minting.scope } : {}),
  };
}

/**
 * Resolves when a token can be minted now: the read of a token request succeeds, over the same connection, and the key
 * that signs can be opened. Rejects with whatever a token request would fail with.
 */
export async function requireMinting({
  clock,
  keyRing,
  store,
}: Pick<TokenDependencies, "clock" | "keyRing" | "store">): Promise<void> {
  const { kid } = await store.readMint({ appId: "", digests: [], instanceId: "", now: clock.now() });
  if (kid === null) throw new Error("No signing key is active.");
  await keyRing.privateKey(kid);
}

/** The claim that code looking inside Wix tokens reads. */
function wixData(minting: Minting): string {
  const instance = {
    instanceId: minting.instanceId,
    appDefId: minting.appId,
    signDate: isoTime(minting.now),
    permissions: "",
    demoMode: false,
    metaSiteId: minting.siteId,
  };
  return JSON.stringify({ instance });
}
