import { apiKeyPrefix, appSecretPrefix, refreshTokenPrefix } from "@latchkey/protocol";
import { measureSearches } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../infrastructure/http/index.ts";
import type { Access, AccessTokenRoute, Route, RouteCall } from "../../infrastructure/routes/index.ts";
import {
  callerOf,
  checkToken,
  hasPermission,
  type InvalidReason,
  permissionsOf,
  type ValidToken,
} from "./check-token.ts";
import { permissionError } from "./permission-error.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

type Call = Pick<RouteCall, "exchange" | "request">;

/** Returns a route that checks the access token and its permission before its handler runs. */
export function accessTokenRoute(
  deps: TokenDependencies,
  { handle, permission, ...route }: AccessTokenRoute,
): Route {
  return {
    ...route,
    access: { kind: "access-token", permission },
    async respond(call) {
      const access = await requireAccess(deps, call, permission);
      const { apiLimits, responsePace } = deps;
      const run = () =>
        responsePace.run(access.appId, call.request.signal, () => handle({ ...call, access }));
      if (apiLimits === undefined) return await run();
      return await measureSearches(deps.clock, run, (ms) => apiLimits.searched(access, ms));
    },
  };
}

/**
 * Checks that a request has a valid token for the platform's own APIs, with a permission if one is named. Throws 401
 * `UNAUTHENTICATED`, 429 `RESOURCE_EXHAUSTED`, 403 `PERMISSION_DENIED`.
 */
export async function requireAccess(
  deps: TokenDependencies,
  call: Call,
  permission?: string,
): Promise<Access> {
  const token = await requireValidToken(deps, call, { audience: deps.issuer, permission });
  const { client_id: appId, instance_id: instanceId } = token.claims;
  deps.apiLimits?.take({ appId, instanceId });
  if (permission !== undefined && !(await hasPermission(deps, token, permission))) {
    throw await permissionError(deps, token, permission);
  }
  return toAccess(deps, token);
}

/** Checks that a request has a valid token for `audience`. Throws 401 `UNAUTHENTICATED`. */
export async function requireAccessFor(
  deps: TokenDependencies,
  call: Call,
  audience: string,
): Promise<Access> {
  return toAccess(deps, await requireValidToken(deps, call, { audience }));
}

async function requireValidToken(
  deps: TokenDependencies,
  { exchange, request }: Call,
  required: { readonly audience: string; readonly permission?: string | undefined },
): Promise<ValidToken> {
  const authorization = readAuthorization(request.headers);
  if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated();
  const check = await checkToken(deps, authorization.value, required);
  if ("reason" in check) {
    exchange.caller = check.caller;
    throw unauthenticated(check.reason, adviceFor(authorization.value));
  }
  exchange.caller = callerOf(check.token.claims);
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
    denied: (permission) => permissionError(deps, token, permission),
  };
}

/** What to do about a credential that is no access token, recognized by its prefix; undefined for every other text. */
function adviceFor(text: string): string | undefined {
  if (text.startsWith(appSecretPrefix)) {
    return "This is an App secret, not an access token; request an access token with it at POST /oauth2/token.";
  }
  if (text.startsWith(refreshTokenPrefix)) {
    return "This is a refresh token, not an access token; request an access token with it at POST /oauth/access.";
  }
  if (!text.startsWith(apiKeyPrefix)) return undefined;
  return "This is a key of the management API, not an access token; request an access token with an App secret at POST /oauth2/token.";
}

/** @param reason why the token is invalid; absent when the request has no token */
function unauthenticated(
  reason?: InvalidReason,
  message = "The access token is invalid, expired or revoked; request a new one.",
): ApiError {
  if (reason === undefined) {
    return new ApiError("UNAUTHENTICATED", {
      message: "Send an access token in the Authorization header.",
      // RFC 6750 §3: no error code when no token was sent.
      headers: { "www-authenticate": "Bearer" },
      reason: "no_token",
    });
  }
  return new ApiError("UNAUTHENTICATED", {
    message,
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    reason,
  });
}
