import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { RateLimiter } from "../../infrastructure/rate-limits/index.ts";
import {
  type Access,
  type AccessTokenRoute,
  permissionDenied,
  type Route,
} from "../../infrastructure/routes/index.ts";
import { checkToken, hasPermission, permissionsOf, type ValidToken } from "./check-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/** Returns a route that checks the access token and its permission before its handler runs. */
export function accessTokenRoute(
  deps: TokenDependencies,
  { handle, permission, ...route }: AccessTokenRoute,
): Route {
  return {
    ...route,
    access: { kind: "access-token", permission },
    async respond(call) {
      const access = await requireAccess(deps, call.request, permission);
      return await handle({ ...call, access });
    },
  };
}

/**
 * Checks that a request has a valid token for the platform's own APIs, with a permission if one is named.
 *
 * Throws 401 `UNAUTHENTICATED`, 429 `RESOURCE_EXHAUSTED`, 403 `PERMISSION_DENIED`.
 */
export async function requireAccess(
  deps: TokenDependencies,
  request: Request,
  permission?: string,
): Promise<Access> {
  const token = await requireValidToken(deps, request, deps.issuer);
  if (deps.limiter !== undefined) takeCall(deps.limiter, token.claims.instance_id);
  if (permission !== undefined && !(await hasPermission(deps, token, permission))) {
    throw permissionDenied(permission);
  }
  return toAccess(deps, token);
}

/** Checks that a request has a valid token for `audience`. Throws 401 `UNAUTHENTICATED`. */
export async function requireAccessFor(
  deps: TokenDependencies,
  request: Request,
  audience: string,
): Promise<Access> {
  return toAccess(deps, await requireValidToken(deps, request, audience));
}

async function requireValidToken(
  deps: TokenDependencies,
  request: Request,
  audience: string,
): Promise<ValidToken> {
  const authorization = readAuthorization(request.headers);
  if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated(false);
  const check = await checkToken(deps, authorization.value, audience);
  if ("reason" in check) throw unauthenticated(true);
  return check.token;
}

function toAccess(deps: TokenDependencies, token: ValidToken): Access {
  return {
    appId: token.claims.client_id,
    instanceId: token.claims.instance_id,
    siteId: token.claims.site_id,
    userId: token.userId,
    permissions: () => permissionsOf(deps, token),
    may: (permission) => hasPermission(deps, token, permission),
  };
}

/** Counts a call, whatever its outcome. */
function takeCall(limiter: RateLimiter, instanceId: string): void {
  const waitMs = limiter.take(instanceId);
  if (waitMs === 0) return;
  const retryAfter = Math.ceil(waitMs / 1_000);
  throw new ApiError("RESOURCE_EXHAUSTED", {
    message: `This instance may make ${limiter.limit} calls a minute; the next one may come in ${retryAfter} s.`,
    data: { callsPerMinute: limiter.limit },
    headers: { "retry-after": String(retryAfter) },
  });
}

function unauthenticated(presented: boolean): ApiError {
  return new ApiError("UNAUTHENTICATED", {
    message: presented
      ? "The access token is invalid, expired or revoked; request a new one."
      : "Send an access token in the Authorization header.",
    // RFC 6750 §3: no error code when no token was sent.
    headers: { "www-authenticate": presented ? 'Bearer error="invalid_token"' : "Bearer" },
  });
}
