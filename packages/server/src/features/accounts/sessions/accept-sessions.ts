import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Authenticate } from "../../../infrastructure/management/index.ts";
import { isFromOwnOrigin } from "../../../infrastructure/pages/index.ts";
import type { Accounts } from "../accounts.ts";
import { accountActor } from "./sessions.ts";

const safeMethods = ["GET", "HEAD"];
const noScopes: ReadonlySet<string> = new Set();

/**
 * Extends the authentication of API keys: a request without `Authorization` may have the session of an account. Throws
 * `UNAUTHENTICATED` for a session that has ended, and `CROSS_ORIGIN_REQUEST` for a change from another origin.
 */
export function acceptSessions(
  authenticateKey: Authenticate,
  { accounts, publicUrl }: { accounts: Accounts; publicUrl: string },
): Authenticate {
  return async (call, key) => {
    const { headers } = call.request;
    const hasSession = accounts.sessions.cookie.read(headers) !== undefined;
    if (key !== undefined || headers.has("authorization") || !hasSession) {
      return await authenticateKey(call, key);
    }
    const session = await accounts.signedIn(call.request);
    if (session === undefined) {
      const message = "The session has ended; sign in again.";
      throw new ApiError("UNAUTHENTICATED", { message, reason: "session_ended" });
    }
    requireOwnOrigin(call.request, publicUrl);
    const { account, sessionId } = session;
    return {
      name: accountActor(account.accountId),
      scopes: account.isOperator ? "all" : noScopes,
      account: { ...account, sessionId },
      expiresAt: null,
    };
  };
}

/** Throws `CROSS_ORIGIN_REQUEST` for a change, unless a page of this origin sent the request. */
export function requireOwnOrigin({ headers, method }: Request, publicUrl: string): void {
  if (!safeMethods.includes(method) && !isFromOwnOrigin(headers, publicUrl))
    throw new ApiError("CROSS_ORIGIN_REQUEST");
}
