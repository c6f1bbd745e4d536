import { ApiError } from "../errors/index.ts";
import { readAuthorization } from "../http/index.ts";
import { checkToken } from "./check-token.ts";
import type { TokenSources } from "./token-sources.ts";

/** As whom a request with a good token acts. */
export interface Access {
  readonly appId: string;
  readonly instanceId: string;
  readonly siteId: string;
  /** Whether the token holds this further permission now. */
  may(permission: string): Promise<boolean>;
}

/** Stands before every API: lets a request pass that carries a good token with a permission. */
export interface AccessGuard {
  /** Throws 401 `UNAUTHENTICATED`, 403 `PERMISSION_DENIED`. */
  require(request: Request, permission: string): Promise<Access>;
}

export function createAccessGuard(sources: TokenSources): AccessGuard {
  return {
    async require(request, permission) {
      const authorization = readAuthorization(request.headers);
      if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated(false);
      const check = await checkToken(sources, authorization.value);
      if ("refusal" in check) throw unauthenticated(true);
      const { claims, scopes } = check.live;
      const may = async (wanted: string): Promise<boolean> => {
        const bundling = await sources.store.scopesWith(wanted);
        return bundling.some((scope) => scopes.includes(scope));
      };
      if (!(await may(permission))) throw permissionDenied(permission);
      return { appId: claims.client_id, instanceId: claims.instance_id, siteId: claims.site_id, may };
    },
  };
}

/** 403 as clients of this wire expect it. */
export function permissionDenied(permission: string): ApiError {
  return new ApiError("PERMISSION_DENIED", {
    message: `Permission ${permission} is required`,
    data: { permission },
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
