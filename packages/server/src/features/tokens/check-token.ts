import { type AccessTokenClaims, type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import type { Caller } from "../../infrastructure/http/index.ts";
import { tokenLifetimeBounds } from "../apps/index.ts";
import { parseRolePermissions } from "../permissions/index.ts";
import { hasSignature } from "./access-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";
import { effectiveScopes } from "./token-scopes.ts";
import type { TokenStateRow } from "./tokens.queries.ts";

/** Why a token is not valid. Metrics and the token log have it; every caller gets the same error. */
export const invalidReasons = [
  "malformed",
  "unknown_key",
  "bad_signature",
  "key_removed",
  "wrong_issuer",
  "wrong_audience",
  "lives_too_long",
  "expired",
  "app_gone",
  "app_disabled",
  "instance_gone",
  "instance_not_installed",
  "generation_raised",
  "member_gone",
  "secret_compromised",
  "revoked",
] as const;

export type InvalidReason = (typeof invalidReasons)[number];

export interface ValidToken {
  readonly claims: AccessTokenClaims;
  /** The scopes of the token that are still granted. */
  readonly scopes: readonly string[];
  /** The user that the token acts as. Absent when it acts as the app. */
  readonly userId?: string;
  /** Permissions of the user's role, which limit those of the token. Absent when the role has no limit. */
  readonly rolePermissions?: ReadonlySet<string>;
  /** The scopes that bundle the permission that was checked with the token. */
  readonly checked?: { readonly permission: string; readonly scopes: readonly string[] };
}

/** Accepts a token for any API, for endpoints that describe or revoke a token. */
export const anyAudience: unique symbol = Symbol("any audience");

/** The required `aud` of a token. */
export type Audience = string | typeof anyAudience;

/** A token that is not valid now. */
export interface InvalidToken {
  readonly reason: InvalidReason;
  /** App and instance of the token. Absent when the signature is invalid, and for an app that does not exist. */
  readonly caller?: Caller;
}

export type TokenCheck = { readonly token: ValidToken } | InvalidToken;

/** What a check requires of a token. */
export interface TokenRequirements {
  /** Default: the platform's own APIs. */
  readonly audience?: Audience;
  /** Its scopes are read together with the state of the token. */
  readonly permission?: string | undefined;
}

/**
 * Decides whether a token is valid now. A valid signature is cached. Time, generations, deny list, grant and state are
 * checked each time.
 */
export async function checkToken(
  deps: TokenDependencies,
  text: string,
  required: TokenRequirements = {},
): Promise<TokenCheck> {
  const parsed = await parseVerified(deps, text);
  const check = "reason" in parsed ? parsed : await checkParsed(deps, parsed, required);
  deps.metrics.tokenChecks.inc({ outcome: "reason" in check ? check.reason : "ok" });
  return check;
}

/** Decides whether a token with a valid signature is valid now. */
export async function checkParsed(
  deps: TokenDependencies,
  { claims, kid }: ParsedToken,
  { audience = deps.issuer, permission }: TokenRequirements,
): Promise<TokenCheck> {
  const now = deps.clock.now();
  const invalidClaim = checkClaims(claims, { issuer: deps.issuer, audience }, now);
  if (invalidClaim !== undefined) return { reason: invalidClaim, caller: callerOf(claims) };
  const [state, checked] = await Promise.all([
    deps.queries.readState({
      appId: claims.client_id,
      instanceId: claims.instance_id,
      secretId: claims.secret_id,
      jti: claims.jti,
      ancestors: claims.derived_from ?? [],
      kid,
      subject: claims.sub,
    }),
    permission === undefined
      ? {}
      : deps.queries.scopesWith(permission).then((scopes) => ({ checked: { permission, scopes } })),
  ]);
  // The signature is valid: only this platform can have written the number.
  const minted = { gen: claims.gen[0], changes: claims.security_changes ?? 0 };
  deps.database.lastSeen.requireAtLeast(minted, state);
  const reason = checkState(claims, state, now);
  if (reason !== undefined) {
    return state.app_gen === null ? { reason } : { reason, caller: callerOf(claims, state) };
  }
  const scopes = effectiveScopes(claims.scope, state.granted_scopes ?? "[]");
  return { token: { claims, scopes, ...userOf(claims, state), ...checked } };
}

/** The app and the instance that a token belongs to. The instance is left out when the database does not have it. */
export function callerOf(
  { client_id: appId, instance_id: instanceId }: AccessTokenClaims,
  state?: Pick<TokenStateRow, "instance_gen">,
): Caller {
  return state?.instance_gen === null ? { appId } : { appId, instanceId };
}

/** Returns the permissions that a token has now. */
export async function permissionsOf(
  { queries }: Pick<TokenDependencies, "queries">,
  { rolePermissions, scopes }: ValidToken,
): Promise<string[]> {
  const permissions = await queries.permissionsOf(scopes);
  return rolePermissions === undefined ? permissions : permissions.filter((one) => rolePermissions.has(one));
}

/** Whether a token has a permission now. */
export async function hasPermission(
  { queries }: Pick<TokenDependencies, "queries">,
  { checked, rolePermissions, scopes }: ValidToken,
  permission: string,
): Promise<boolean> {
  if (rolePermissions?.has(permission) === false) return false;
  const bundles = checked?.permission === permission ? checked.scopes : await queries.scopesWith(permission);
  return bundles.some((scope) => scopes.includes(scope));
}

/** Parses a token and verifies its signature, which is cached. */
export async function parseVerified(
  deps: TokenDependencies,
  text: string,
): Promise<ParsedToken | { readonly reason: InvalidReason }> {
  const cached = deps.parsedTokens.get(text);
  if (cached !== undefined) return cached;
  const parsed = parseAccessToken(text);
  if (parsed === undefined) return { reason: "malformed" };
  const publicKey = await deps.keyRing.publicKey(parsed.kid);
  if (publicKey === undefined) return { reason: "unknown_key" };
  if (!hasSignature(parsed, publicKey)) return { reason: "bad_signature" };
  deps.parsedTokens.add(text, parsed);
  return parsed;
}

function checkClaims(
  claims: AccessTokenClaims,
  { audience, issuer }: { audience: Audience; issuer: string },
  now: number,
): InvalidReason | undefined {
  if (claims.iss !== issuer) return "wrong_issuer";
  if (audience !== anyAudience && claims.aud !== audience) return "wrong_audience";
  if (claims.exp - claims.iat > tokenLifetimeBounds.max) return "lives_too_long";
  return claims.exp * 1_000 <= now ? "expired" : undefined;
}

function checkState(claims: AccessTokenClaims, row: TokenStateRow, now: number): InvalidReason | undefined {
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

/** Returns the user that the token of a page acts as, and the limits of the user's role. */
function userOf(
  { client_id, sub }: AccessTokenClaims,
  { role_permissions }: TokenStateRow,
): Pick<ValidToken, "userId" | "rolePermissions"> {
  if (sub === client_id) return {};
  const permissions = parseRolePermissions(role_permissions);
  return { userId: sub, ...(permissions === null ? {} : { rolePermissions: new Set(permissions) }) };
}
