import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { RateLimiter } from "../../infrastructure/rate-limits/index.ts";
import {
  type Access,
  type AccessGuard,
  insufficientScope,
  permissionDenied,
} from "../../infrastructure/routes/index.ts";
import { checkToken, permissionsOf } from "./check-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/** @param limiter how many calls an instance may make, when there is a limit */
export function createAccessGuard(deps: TokenDependencies, limiter?: RateLimiter): AccessGuard {
  const admit = async (request: Request, audience: string): Promise<Access> => {
    const authorization = readAuthorization(request.headers);
    if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated(false);
    const check = await checkToken(deps, authorization.value, audience);
    if ("refusal" in check) throw unauthenticated(true);
    const { bounds, claims, scopes, userId } = check.live;
    return {
      appId: claims.client_id,
      instanceId: claims.instance_id,
      siteId: claims.site_id,
      userId,
      permissions: () => permissionsOf(deps, check.live),
      async may(permission) {
        if (bounds?.has(permission) === false) return false;
        const bundling = await deps.store.scopesWith(permission);
        return bundling.some((scope) => scopes.includes(scope));
      },
    };
  };
  return {
    admit,
    async require(request, permission) {
      const access = await admit(request, deps.issuer);
      if (limiter !== undefined) takeCall(limiter, access.instanceId);
      if (permission !== undefined && !(await access.may(permission))) throw permissionDenied(permission);
      return access;
    },
  };
}

/** Calls that are refused after this count too. */
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

/** 403 for a good token that is of no use: its scopes left the grant, or bundle nothing. */
export function nothingPermitted(): ApiError {
  return new ApiError("PERMISSION_DENIED", {
    message: "The access token permits nothing, or not any more.",
    headers: insufficientScope,
  });
}

function unauthenticated(presented: boolean): ApiError {
  return new ApiError("UNAUTHENTICATED", {
    message: presented
      ? "The access token is not valid, or not any more; request a new one."
      : "Send an access token in the Authorization header.",
    // RFC 6750 §3: no error code when no token was sent.
    headers: { "www-authenticate": presented ? 'Bearer error="invalid_token"' : "Bearer" },
  });
}
