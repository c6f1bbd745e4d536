import type { Queries } from "../database/index.ts";
import { ApiError, type ApiErrorCode } from "../errors/index.ts";
import type { AccountRule, PortalRule } from "../routes/index.ts";
import { findOwners, findRole, isDeveloperOf, type ObjectIds, type Owners } from "./authorization.queries.ts";
import {
  type Principal,
  refuseBoundKey,
  requireOwnApp,
  requireScope,
  restrictedAccount,
} from "./principal.ts";

/** Who may call a route. */
export interface RouteAuthorization {
  /** The scope that a key needs. */
  readonly scope: string;
  /** Default: only operators. */
  readonly accounts?: readonly AccountRule[] | undefined;
  readonly servesBoundKeys?: true | undefined;
  /** Default: no portal link. */
  readonly portal?: PortalRule | undefined;
}

/** The role of owners of a site, which has every permission. */
export const ownerRole = "OWNER";

/**
 * Decides whether a principal may make a request. A developer of an app becomes a principal that is bound to this app.
 *
 * @param request.ids the object in the path
 * @param request.filters the objects in the filters of a list
 *
 * Throws `PERMISSION_DENIED` for a missing scope, flag, role or page, and `…_NOT_FOUND` for objects of others.
 */
export async function authorize(
  db: Queries,
  principal: Principal,
  request: { route: RouteAuthorization; ids: ObjectIds; filters: ObjectIds },
): Promise<Principal> {
  const { filters, ids, route } = request;
  if (principal.portal !== undefined) {
    await authorizePortal(db, principal, { route, ids: { ...filters, ...ids } });
    return principal;
  }
  if (principal.account === undefined) {
    authorizeKey(principal, route, ids);
    return principal;
  }
  if (principal.account.isOperator) return principal;
  return await authorizeAccount(db, principal, { ids: { ...filters, ...ids }, rules: route.accounts ?? [] });
}

/**
 * Decides whether a principal may act on the rows that `filters` select, and returns the app or the site that its action is
 * limited to; none for a principal that may access all. Throws as {@link authorize} does.
 */
export async function authorizeFilter(
  db: Queries,
  principal: Principal,
  { filters, route }: { route: RouteAuthorization; filters: ObjectIds },
): Promise<Owners> {
  const authorized = await authorize(db, principal, { route, ids: {}, filters });
  if (filters.appId !== undefined) requireOwnApp(authorized, filters.appId);
  const { appId, siteId: onlySite } = authorized;
  if (appId !== undefined) return { appId };
  if (onlySite !== undefined) return { siteId: onlySite };
  if (restrictedAccount(principal) === undefined) return {};
  const { siteId } = await findOwners(db, filters);
  if (siteId === undefined) throw new ApiError("SITE_NOT_FOUND", { reason: "other_account" });
  return { siteId };
}

/** Whether a principal may call a route about an object of these owners. Without owners: about the whole platform. */
export async function isAuthorized(
  db: Queries,
  principal: Principal,
  { owners, route }: { readonly route: RouteAuthorization; readonly owners: Owners },
): Promise<boolean> {
  try {
    await authorize(db, principal, { route, ids: owners, filters: {} });
    return true;
  } catch (error) {
    if (error instanceof ApiError) return false;
    throw error;
  }
}

function authorizeKey(
  principal: Principal,
  { scope, servesBoundKeys }: RouteAuthorization,
  { appId }: ObjectIds,
): void {
  requireScope(principal, scope);
  if (appId !== undefined) requireOwnApp(principal, appId);
  else if (!servesBoundKeys) refuseBoundKey(principal);
}

/** A portal link reaches its own app or site only, by the pages that it has. */
async function authorizePortal(
  db: Queries,
  { appId, portal, siteId }: Principal,
  { ids, route }: { route: RouteAuthorization; ids: ObjectIds },
): Promise<void> {
  const { accounts = [], portal: rule = [] } = route;
  if (rule === "every") return;
  if (!rule.some((page) => portal?.pages.includes(page))) throw withoutPage(rule);
  if (accounts.some((one) => one === "account" || one === "developer")) return;
  const owners = await findOwners(db, ids);
  const isOwn = appId === undefined ? siteId === owners.siteId : appId === owners.appId;
  if (!isOwn) throw notFoundOrUnfiltered(ids, appId === undefined ? "siteId" : "appId");
}

function withoutPage(pages: readonly string[]): ApiError {
  const message =
    pages.length === 0
      ? "A portal link cannot make this call."
      : `This call needs a portal link with the page ${pages.join(" or ")}.`;
  return new ApiError("PERMISSION_DENIED", { message, reason: "missing_page" });
}

async function authorizeAccount(
  db: Queries,
  principal: Principal,
  { ids, rules }: { rules: readonly AccountRule[]; ids: ObjectIds },
): Promise<Principal> {
  const { accountId = "", isDeveloper = false } = principal.account ?? {};
  if (rules.length === 0) throw denied("an operator");
  if (rules.includes("account")) return principal;
  if (rules.includes("developer")) {
    if (isDeveloper) return principal;
    throw denied("a developer");
  }
  const { appId, siteId } = await findOwners(db, ids);
  const developsApp = isDeveloper && appId !== undefined && (await isDeveloperOf(db, appId, accountId));
  if (developsApp && rules.includes("app-developer")) return { ...principal, appId };
  const role = siteId === undefined ? undefined : await findRole(db, siteId, accountId);
  if (role !== undefined && rules.includes("site-member")) return principal;
  if (role === ownerRole && rules.includes("site-owner")) return principal;
  if (developsApp || role !== undefined) throw denied(needed(rules));
  const filters = rules.map((rule) => (rule === "app-developer" ? "appId" : "siteId"));
  throw notFoundOrUnfiltered(ids, filters.join(" or "));
}

function needed(rules: readonly AccountRule[]): string {
  const words = rules.map((rule) => (rule === "app-developer" ? "a developer of the app" : roleOf(rule)));
  return [...new Set(words)].join(" or ");
}

function roleOf(rule: AccountRule): string {
  return rule === "site-owner" ? `a member of the site with the role ${ownerRole}` : "a member of the site";
}

function denied(who: string): ApiError {
  return new ApiError("PERMISSION_DENIED", {
    message: `This call is for ${who}.`,
    reason: "missing_role",
  });
}

const unknown = [
  ["jobId", "JOB_NOT_FOUND"],
  ["deliveryId", "DELIVERY_NOT_FOUND"],
  ["instanceId", "INSTANCE_NOT_FOUND"],
  ["appId", "APP_NOT_FOUND"],
  ["siteId", "SITE_NOT_FOUND"],
] as const satisfies readonly (readonly [keyof ObjectIds, ApiErrorCode])[];

/** A list of the whole platform is for operators; others name an object of theirs. */
function notFoundOrUnfiltered(ids: ObjectIds, filter: string): ApiError {
  const found = unknown.find(([name]) => ids[name] !== undefined);
  if (found !== undefined) return new ApiError(found[1], { reason: "other_account" });
  return new ApiError("PERMISSION_DENIED", {
    message: `The list of the whole platform is for an operator; filter by ${filter}.`,
    reason: "missing_role",
  });
}
