import type { AccessTokenClaims } from "@latchkey/protocol";

/** The caller of an authorized request and its permissions. */
export interface Access {
  readonly appId: string;
  readonly instanceId: string;
  readonly siteId: string;
  readonly scopes: readonly string[];
  /** The permissions of the scopes: the current ones, or offline those at the time of minting. */
  readonly permissions: readonly string[];
}

/** Reads the access from the claims of a token. */
export function accessOfClaims(claims: AccessTokenClaims): Access {
  return {
    appId: claims.client_id,
    instanceId: claims.instance_id,
    siteId: claims.site_id,
    scopes: claims.scope === "" ? [] : claims.scope.split(" "),
    permissions: claims.permissions ?? [],
  };
}

const accessByRequest = new WeakMap<object, Access>();

/** Stores the access of a request for {@link accessOf}. */
export function setAccess(request: object, access: Access): void {
  accessByRequest.set(request, access);
}

/**
 * Returns the access of a request that a guard has authorized.
 *
 * @param request the argument of the handler: the context of Hono, or the request of Express or Fastify
 * @throws {TypeError} when the route has no guard
 * @example
 * import { accessOf } from "@latchkey/sdk/resource-server";
 *
 * const listBookings = (request: object) => ({ ofSite: accessOf(request).siteId });
 */
export function accessOf(request: object): Access {
  const access = accessByRequest.get(request);
  if (access !== undefined) return access;
  throw new TypeError("No guard has authorized this request. Add a guard to the route.");
}
