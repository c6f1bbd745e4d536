import { type AccessTokenClaims, type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import { tokenLifetimeBounds } from "../apps/index.ts";
import { parseRolePermissions } from "../permissions/index.ts";
import { hasSignature } from "./access-token.ts";
import { effectiveScopes } from "./scope.ts";
import type { TokenDependencies } from "./token-dependencies.ts";
import type { TokenStateRow } from "./tokens.queries.ts";

/** Why a token is not good; for logs and metrics, while every caller is told the same. */
export type TokenRefusal =
  | "malformed"
  | "unknown_key"
  | "bad_signature"
  | "key_removed"
  | "wrong_issuer"
  | "wrong_audience"
  | "lives_too_long"
  | "expired"
  | "app_gone"
  | "app_disabled"
  | "instance_gone"
  | "instance_not_installed"
  | "generation_raised"
  | "member_gone"
  | "secret_compromised"
  | "revoked";

/** A token that is good now. */
export interface LiveToken {
  readonly claims: AccessTokenClaims;
  /** Its own scopes as far as they are still granted. */
  readonly scopes: readonly string[];
  /** The user that it acts as; absent when it acts as the app. */
  readonly userId?: string;
  /** What the user's role permits now, where that is not everything: the token permits no more, whatever its scopes. */
  readonly bounds?: ReadonlySet<string>;
}

/** Stands for whichever API a token names: for who asks about a token of its own, and does not act on it. */
export const anyAudience: unique symbol = Symbol("any audience");

/** For which API a token has to be. */
export type Audience = string | typeof anyAudience;

export type TokenCheck = { readonly live: LiveToken } | { readonly refusal: TokenRefusal };

/**
 * Decides whether a token is good for an audience at this moment. Its signature may be remembered from an earlier
 * check; time, numbers, deny list, grant and state are looked at each time.
 *
 * @param audience default: the platform's own APIs
 */
export async function checkToken(
  deps: TokenDependencies,
  text: string,
  audience: Audience = deps.issuer,
): Promise<TokenCheck> {
  const genuine = await checkSignature(deps, text);
  if (typeof genuine === "string") return counted(deps, { refusal: genuine });
  const { claims, kid } = genuine;
  const now = deps.clock.now();
  const stale = checkClaims(claims, { issuer: deps.issuer, audience }, now);
  if (stale !== undefined) return counted(deps, { refusal: stale });
  const state = await deps.store.readState({
    appId: claims.client_id,
    instanceId: claims.instance_id,
    secretId: claims.secret_id,
    jti: claims.jti,
    ancestors: claims.derived_from ?? [],
    kid,
    subject: claims.sub,
  });
  const refusal = checkState(claims, state, now);
  if (refusal !== undefined) return counted(deps, { refusal });
  const scopes = effectiveScopes(claims.scope, state.granted_scopes ?? "[]");
  return counted(deps, { live: { claims, scopes, ...actingUser(claims, state) } });
}

/** A token of a page acts as a user, and never does more than the user may. */
function actingUser(
  { client_id, sub }: AccessTokenClaims,
  { role_permissions }: TokenStateRow,
): Pick<LiveToken, "userId" | "bounds"> {
  if (sub === client_id) return {};
  const permissions = parseRolePermissions(role_permissions);
  return { userId: sub, ...(permissions === null ? {} : { bounds: new Set(permissions) }) };
}

/** All that a token permits now. */
export async function permissionsOf(
  deps: Pick<TokenDependencies, "store">,
  { bounds, scopes }: LiveToken,
): Promise<string[]> {
  const permissions = await deps.store.permissionsOf(scopes);
  return bounds === undefined ? permissions : permissions.filter((one) => bounds.has(one));
}

async function checkSignature(deps: TokenDependencies, text: string): Promise<ParsedToken | TokenRefusal> {
  const known = deps.signatures.get(text);
  if (known !== undefined) return known;
  const parsed = parseAccessToken(text);
  if (parsed === undefined) return "malformed";
  const publicKey = await deps.keyRing.publicKey(parsed.kid);
  if (publicKey === undefined) return "unknown_key";
  if (!hasSignature(parsed, publicKey)) return "bad_signature";
  deps.signatures.add(text, parsed);
  return parsed;
}

function checkClaims(
  claims: AccessTokenClaims,
  { audience, issuer }: { audience: Audience; issuer: string },
  now: number,
): TokenRefusal | undefined {
  if (claims.iss !== issuer) return "wrong_issuer";
  if (audience !== anyAudience && claims.aud !== audience) return "wrong_audience";
  if (claims.exp - claims.iat > tokenLifetimeBounds.max) return "lives_too_long";
  return claims.exp * 1_000 <= now ? "expired" : undefined;
}

function checkState(claims: AccessTokenClaims, row: TokenStateRow, now: number): TokenRefusal | undefined {
  const [platform, app, instance, member] = claims.gen;
  if (row.key_removed_at !== null && row.key_removed_at <= now) return "key_removed";
  if (row.app_gen === null) return "app_gone";
  if (row.enabled !== 1) return "app_disabled";
  if (row.instance_gen === null) return "instance_gone";
  if (row.state !== "installed") return "instance_not_installed";
  if (row.platform_gen !== platform || row.app_gen !== app || row.instance_gen !== instance)
    return "generation_raised";
  if (row.secret_id === null || row.compromised_at !== null) return "secret_compromised";
  if (claims.sub !== claims.client_id && row.member_gen !== member) return "member_gone";
  return row.revoked_jti === null ? undefined : "revoked";
}

function counted(deps: TokenDependencies, check: TokenCheck): TokenCheck {
  deps.metrics.tokenChecks.inc({ outcome: "refusal" in check ? check.refusal : "ok" });
  return check;
}
