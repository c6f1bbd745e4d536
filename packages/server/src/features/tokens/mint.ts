import { type AccessTokenClaims, type TokenGeneration, wixTokenPrefix } from "@latchkey/protocol";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { signAccessToken } from "./access-token.ts";
import { generationOf, type InstalledRow } from "./grants/check-instance.ts";
import type { TokenResponse } from "./grants/grant.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/** What the request decides about a new token; its app, instance and key come from the {@link InstalledRow}. */
export interface TokenOptions {
  /** Default: the app. */
  readonly subject?: string;
  readonly audience: string;
  /** Permissions of the scopes, for a resource that checks tokens offline. */
  readonly permissions?: readonly string[];
  /** Scope ids, separated by one space. */
  readonly scope: string;
  /** Whether the request has a scope; the response then has it too (RFC 6749 §5.1). */
  readonly scopeRequested: boolean;
  /** Default: the generation of the instance. */
  readonly generation?: TokenGeneration;
  /** `jti` of the tokens that this one is exchanged from, the nearest first. Default: none. */
  readonly derivedFrom?: readonly string[];
  /** Seconds. Default: the lifetime that the app has for its tokens. */
  readonly lifetime?: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Creates an access token (RFC 9068). Writes nothing to the database. */
export async function mint(
  deps: TokenDependencies,
  row: InstalledRow,
  options: TokenOptions,
): Promise<TokenResponse> {
  const { lifetime = row.token_lifetime, now } = options;
  const { app_id, instance_id, kid, secret_id, site_id } = row;
  const iat = Math.floor(now / 1_000);
  const claims: AccessTokenClaims = {
    iss: deps.issuer,
    aud: options.audience,
    client_id: app_id,
    sub: options.subject ?? app_id,
    instance_id,
    site_id,
    scope: options.scope,
    iat,
    exp: iat + lifetime,
    jti: deps.ids.guid(),
    gen: options.generation ?? generationOf(row),
    security_changes: row.security_changes,
    secret_id,
    ...(options.derivedFrom === undefined ? {} : { derived_from: options.derivedFrom }),
    ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
  };
  const wix = row.token_format === "wix";
  const privateKey = await deps.keyRing.privateKey(kid);
  const signed = wix ? { ...claims, data: wixData(row, now) } : claims;
  const token = await signAccessToken(signed, { kid, privateKey });
  deps.usage.minted({ appId: app_id, secretId: secret_id, instanceId: instance_id, at: now });
  return {
    access_token: wix ? wixTokenPrefix + token : token,
    token_type: "Bearer",
    expires_in: lifetime,
    ...(options.scopeRequested ? { scope: options.scope } : {}),
  };
}

/** Resolves when a token can be minted now: the query of a token request succeeds, and the signing key can be read. */
export async function requireMinting({
  clock,
  keyRing,
  queries,
}: Pick<TokenDependencies, "clock" | "keyRing" | "queries">): Promise<void> {
  const { kid } = await queries.readMint({ appId: "", digests: [], instanceId: "", now: clock.now() });
  if (kid === null) throw new Error("No signing key is active.");
  await keyRing.privateKey(kid);
}

/** The `data` claim of wire §1.4. */
function wixData({ app_id, instance_id, site_id }: InstalledRow, now: number): string {
  const instance = {
    instanceId: instance_id,
    appDefId: app_id,
    signDate: isoTime(now),
    permissions: "",
    demoMode: false,
    metaSiteId: site_id,
  };
  return JSON.stringify({ instance });
}
