import { ApiError, type ApiErrorCode } from "../errors/index.ts";
import type { PortalPage, RouteCall } from "../routes/index.ts";

/** The caller of the management API. */
export interface Principal {
  /**
   * `admin`, `key:<keyId>`, `account:<accountId>` or `portal:<linkId>`: the actor in the audit log and the owner of
   * idempotency keys.
   */
  readonly name: string;
  readonly scopes: ReadonlySet<string> | "all";
  /** The only app that the caller may access; absent for all apps. */
  readonly appId?: string;
  /** The only site that the caller may access; absent for all sites. */
  readonly siteId?: string;
  /** Present for a portal link, which routes allow by pages instead of scopes. */
  readonly portal?: PortalPrincipal;
  /** Present for a session. Routes allow accounts by rules instead of scopes. */
  readonly account?: AccountPrincipal;
  /** Identifier of the only resource whose tokens the caller may check. */
  readonly resource?: string;
  /** Expiry of the key, or of the session of a portal link, in epoch milliseconds. */
  readonly expiresAt: number | null;
}

/** An account that calls with its session. */
export interface AccountPrincipal {
  readonly accountId: string;
  readonly email: string | null;
  readonly name: string;
  readonly isDeveloper: boolean;
  readonly isOperator: boolean;
  readonly sessionId: string;
}

/** How a portal looks. */
export interface PortalTheme {
  /** Default: as the browser prefers. */
  readonly colorScheme?: "light" | "dark" | "auto" | undefined;
  /** As `#rrggbb`. */
  readonly primaryColor?: string | undefined;
}

/** A person who calls from pages that a platform owner shows in its own product. */
export interface PortalPrincipal {
  readonly linkId: string;
  readonly pages: readonly PortalPage[];
  /** The only origin that may show the pages in a frame. */
  readonly origin: string;
  readonly theme: PortalTheme;
}

/** The actor and the request of a change. */
export interface Actor {
  /** As in the audit log, such as `admin` or `account:<accountId>`; `system` for background jobs. */
  readonly name: string;
  /** Empty for background jobs. */
  readonly requestId: string;
}

/**
 * Authenticates a request. Throws `UNAUTHENTICATED`, `CROSS_ORIGIN_REQUEST`.
 *
 * @param key default: the key in `Authorization: Bearer <key>`
 */
export type Authenticate = (
  call: Pick<RouteCall, "exchange" | "request">,
  key?: string,
) => Promise<Principal>;

/** Throws `PERMISSION_DENIED`, which names the missing scope. */
export function requireScope(principal: Principal, scope: string): void {
  if (principal.scopes === "all" || principal.scopes.has(scope)) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: `This call needs an API key with the scope ${scope}.`,
    data: { scope },
    reason: "missing_scope",
  });
}

/**
 * Throws `code` when the caller is bound to another app, so that objects of other apps look as if they did not exist.
 */
export function requireOwnApp(
  principal: Principal,
  appId: string | null,
  code: ApiErrorCode = "APP_NOT_FOUND",
): void {
  if (principal.appId !== undefined && principal.appId !== appId) {
    throw new ApiError(code, { reason: "other_app" });
  }
}

/** The account that lists are restricted to; undefined for keys, portal links and operators. */
export function restrictedAccount({ account }: Principal): AccountPrincipal | undefined {
  return account?.isOperator ? undefined : account;
}

/** Throws `PERMISSION_DENIED` unless the caller is an operator, or a key. */
export function requireOperator(principal: Principal): void {
  if (principal.portal === undefined && restrictedAccount(principal) === undefined) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: "This change is for an operator.",
    reason: "missing_role",
  });
}

/** Throws `PERMISSION_DENIED` when the caller is bound to one app. */
export function refuseBoundKey(principal: Principal): void {
  requireOperator(principal);
  if (principal.appId === undefined) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: "This call concerns the whole platform; a key that is bound to one app cannot make it.",
    reason: "bound_to_app",
  });
}
