import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { ownerRole } from "../../infrastructure/management/index.ts";
import { seeOther } from "../../infrastructure/pages/index.ts";
import type { Accounts, SignedIn } from "../accounts/index.ts";
import { readMember } from "../sites/index.ts";

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

/** Whether an account may install apps on a site. Throws `SITE_NOT_FOUND` for an account that is no member. */
export async function mayInstall(
  db: Queries,
  ids: { readonly siteId: string; readonly accountId: string },
): Promise<boolean> {
  const member = await readMember(db, ids).catch((error: unknown) => {
    throw error instanceof ApiError && error.code === "MEMBER_NOT_FOUND"
      ? new ApiError("SITE_NOT_FOUND")
      : error;
  });
  return member.role === ownerRole;
}

/** Throws `SITE_NOT_FOUND` for an account that is no member of the site, and `NOT_AN_OWNER`. */
export async function requireOwner(
  db: Queries,
  ids: { readonly siteId: string; readonly accountId: string },
): Promise<void> {
  if (!(await mayInstall(db, ids))) throw new ApiError("NOT_AN_OWNER");
}
