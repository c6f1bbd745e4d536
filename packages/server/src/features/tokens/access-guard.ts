import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { RateLimiter } from "../../infrastructure/rate-limits/index.ts";
import { checkToken, permissionsOf } from "./check-token.ts";
import type { TokenSources } from "./token-sources.ts";

/** As whom a request with a good token acts. */
export interface Access {
  readonly appId: string;
  readonly instanceId: string;
  readonly siteId: string;
  /** The user that it acts as; absent when it acts as the app. */
  readonly userId?: string | undefined;
  /** Whether the token holds this further permission now. */
  may(permission: string): Promise<boolean>;
  /** All that the token permits now. */
  permissions(): Promise<readonly string[]>;
}

/** Stands before every API: lets a request pass that carries a good token with a permission. */
export interface AccessGuard {
  /** Throws 401 `UNAUTHENTICATED`, 429 `RESOURCE_EXHAUSTED`, 403 `PERMISSION_DENIED`. */
  require(request: Request, permission: string): Promise<Access>;
  /** Lets a request pass that carries a good token for `audience`. Throws 401 `UNAUTHENTICATED`. */
  admit(request: Request, audience: string): Promise<Access>;
}

/** @param limiter how many calls an instance may make, when there is a limit */
export function createAccessGuard(sources: TokenSources, limiter?: RateLimiter): AccessGuard {
  const admit = async (request: Request, audience: string): Promise<Access> => {
    const authorization = readAuthorization(request.headers);
    if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated(false);
    const check = await checkToken(sources, authorization.value, audience);
    if ("refusal" in check) throw unauthenticated(true);
    const { bounds, claims, scopes, userId } = check.live;
    return {
      appId: claims.client_id,
      instanceId: claims.instance_id,
      siteId: claims.site_id,
      userId,
      permissions: () => permissionsOf(sources, check.live),
      async may(permission) {
        if (bounds?.has(permission) === false) return false;
        const bundling = await sources.store.scopesWith(permission);
        return bundling.some((scope) => scopes.includes(scope));
      },
    };
  };
  return {
    admit,
    async require(request, permission) {
      const access = await admit(request, sources.issuer);
      if (limiter !== undefined) takeCall(limiter, access.instanceId);
      if (!(await access.may(permission))) throw permissionDenied(permission);
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

// RFC 6750 §3.1.
const insufficientScope = { "www-authenticate": 'Bearer error="insufficient_scope"' };

/** 403 as clients of this wire expect it. */
export function permissionDenied(permission: string): ApiError {
  return new ApiError("PERMISSION_DENIED", {
    message: `Permission ${permission} is required`,
    data: { permission },
    headers: insufficientScope,
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
