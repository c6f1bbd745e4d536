import type { ApiError } from "../../infrastructure/errors/index.ts";
import { permissionDenied } from "../../infrastructure/routes/index.ts";
import { approvalUrl } from "../instances/index.ts";
import type { ValidToken } from "./check-token.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/**
 * The 403 error for a token without a permission. It has the page where the owner can approve a scope with the permission,
 * when the app requests such a scope and the instance has none.
 */
export async function permissionError(
  { issuer, queries }: Pick<TokenDependencies, "issuer" | "queries">,
  { claims, rolePermissions }: ValidToken,
  permission: string,
): Promise<ApiError> {
  const isAllowedByRole = rolePermissions?.has(permission) ?? true;
  const bundles = await queries.scopesWith(permission);
  const { granted, requested } = await queries.readScopes(claims.instance_id);
  const couldApprove = requested.some((scope) => bundles.includes(scope));
  const isGranted = granted.some((scope) => bundles.includes(scope));
  if (!isAllowedByRole || !couldApprove || isGranted) return permissionDenied(permission);
  return permissionDenied(permission, { approvalUrl: approvalUrl(issuer, claims.instance_id) });
}
