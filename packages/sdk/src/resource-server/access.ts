/** As whom a request with a good token acts, and what it may do. */
export interface Access {
  readonly appId: string;
  readonly instanceId: string;
  readonly siteId: string;
  readonly scopes: readonly string[];
  /** What the scopes permit: now, or offline when the token was minted. */
  readonly permissions: readonly string[];
}

const accessByRequest = new WeakMap<object, Access>();

/** Notes as whom a request acts, for {@link accessOf}. */
export function setAccess(request: object, access: Access): void {
  accessByRequest.set(request, access);
}

/**
 * As whom a request acts that a guard let pass.
 *
 * @param request what the handler got: Hono's context, or the request of Express or Fastify
 * @throws {TypeError} when no guard stood before the handler
 * @example
 * import { accessOf } from "@latchkey/sdk/resource-server";
 *
 * const listBookings = (request: object) => ({ ofSite: accessOf(request).siteId });
 */
export function accessOf(request: object): Access {
  const access = accessByRequest.get(request);
  if (access !== undefined) return access;
  throw new TypeError("No guard has checked this request; put one before its handler.");
}
