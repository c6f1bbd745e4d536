import { ApiError, type ApiErrorCode } from "../errors/index.ts";

/** Who calls the management API. */
export interface Principal {
  /** `admin`, or `key:<keyId>`: what the audit log shows, and whose idempotency keys are meant. */
  readonly name: string;
  readonly scopes: ReadonlySet<string> | "all";
  /** The only app that exists for this caller; absent when all do. */
  readonly appId?: string;
  /** Identifier of the only resource about whose tokens this caller may ask. */
  readonly resource?: string;
  /** When the caller's key ends, in epoch milliseconds. */
  readonly expiresAt: number | null;
}

/** Who asks for a change, and in which request. */
export interface Actor {
  /** `admin`, `key:<keyId>`, or `system` for what the server does by itself. */
  readonly name: string;
  /** Empty for what nobody requested. */
  readonly requestId: string;
}

/** Tells who sends a request. Throws `UNAUTHENTICATED`. */
export type Authenticate = (request: Request) => Promise<Principal>;

/** Throws `PERMISSION_DENIED`, naming the scope that is missing. */
export function requireScope(principal: Principal, scope: string): void {
  if (principal.scopes === "all" || principal.scopes.has(scope)) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: `This call needs an API key with the scope ${scope}.`,
    data: { scope },
  });
}

/**
 * Keeps a key that is bound to one app away from every other, as if there were none: throws `code`, which says what
 * was not found.
 */
export function requireOwnApp(
  principal: Principal,
  appId: string | null,
  code: ApiErrorCode = "APP_NOT_FOUND",
): void {
  if (principal.appId !== undefined && principal.appId !== appId) throw new ApiError(code);
}

/** Throws `PERMISSION_DENIED` for a key that is bound to one app: the call concerns the platform as a whole. */
export function refuseBoundKey(principal: Principal): void {
  if (principal.appId === undefined) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: "This call concerns the whole platform; a key that is bound to one app cannot make it.",
  });
}
