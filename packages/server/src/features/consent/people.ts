import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, type ApiErrorCode } from "../../infrastructure/errors/index.ts";
import { findRole, ownerRole } from "../../infrastructure/management/index.ts";
import { seeOther } from "../../infrastructure/pages/index.ts";
import type { Accounts, SignedIn } from "../accounts/index.ts";

/** Sends a person to the sign-in page, which then continues at the address of the request. */
export function signInFirst(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return seeOther(`/sign-in?continue=${encodeURIComponent(pathname + search)}`);
}

/** Throws `FORM_EXPIRED` for a form whose session has ended. */
export async function requireSignedIn(accounts: Accounts, request: Request): Promise<SignedIn> {
  const signedIn = await accounts.signedIn(request);
  if (signedIn === undefined) throw new ApiError("FORM_EXPIRED");
  return signedIn;
}

/**
 * Whether an account may install apps on a site. Throws `unknown` for an account that is no member, and for a deleted site.
 *
 * @param unknown default: `SITE_NOT_FOUND`
 */
export async function mayInstall(
  db: Queries,
  { accountId, siteId }: { readonly siteId: string; readonly accountId: string },
  unknown: ApiErrorCode = "SITE_NOT_FOUND",
): Promise<boolean> {
  const role = await findRole(db, siteId, accountId);
  if (role === undefined) throw new ApiError(unknown);
  return role === ownerRole;
}

/** Throws what {@link mayInstall} throws, and `NOT_AN_OWNER`. */
export async function requireOwner(...given: Parameters<typeof mayInstall>): Promise<void> {
  if (!(await mayInstall(...given))) throw new ApiError("NOT_AN_OWNER");
}
