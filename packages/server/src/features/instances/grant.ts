import type { FieldViolation } from "@latchkey/protocol";
import type { InstancesTable } from "../../infrastructure/database/index.ts";
import { ApiError, ValidationError } from "../../infrastructure/errors/index.ts";
import type { RequestedScope } from "../apps/index.ts";
import { alwaysGrantedScope } from "../permissions/index.ts";

/** Writes a grant as it is stored: sorted, without duplicates, and with the scope that every instance has. */
export function formatGrant(scopes: readonly string[]): string {
  return JSON.stringify([...new Set([alwaysGrantedScope, ...scopes])].sort());
}

export function parseGrant(stored: string): readonly string[] {
  return JSON.parse(stored);
}

/** The scopes that an owner granted to an instance, and those that the owner declined. */
export interface Grant {
  readonly grant: readonly string[];
  readonly declined: readonly string[];
  readonly preApproved: readonly string[];
}

/** The columns of a grant. */
export function grantColumns({
  declined,
  grant,
  preApproved,
}: Grant): Pick<InstancesTable, "granted_scopes" | "declined_scopes" | "pre_approved_scopes"> {
  const listOrNull = (scopes: readonly string[]) => (scopes.length === 0 ? null : JSON.stringify(scopes));
  return {
    granted_scopes: formatGrant(grant),
    declined_scopes: listOrNull(declined),
    pre_approved_scopes: listOrNull(preApproved),
  };
}

/**
 * The grant that an owner approves. Throws a violation for each scope that the app does not request, and
 * `REQUIRED_SCOPE_MISSING` when a required one is not approved.
 *
 * @param approved default: all that the app requests
 */
export function approvedGrant(requested: readonly RequestedScope[], approved?: readonly string[]): Grant {
  const requestedIds = requested.map(({ scopeId }) => scopeId);
  const grant = approved ?? requestedIds;
  requireRequested(grant, requestedIds);
  const refused = requested.filter(
    ({ scopeId }) => scopeId !== alwaysGrantedScope && !grant.includes(scopeId),
  );
  const missing = refused.filter(({ optional }) => !optional);
  if (missing.length > 0) throw requiredScopeMissing(missing.map(({ scopeId }) => scopeId));
  return { grant, declined: refused.map(({ scopeId }) => scopeId), preApproved: [] };
}

/**
 * The grant without scopes that the owner withdraws. Throws a violation for each scope that is not granted, and
 * `REQUIRED_SCOPE_MISSING` for required ones.
 */
export function withdrawnGrant(
  requested: readonly RequestedScope[],
  before: Grant,
  withdrawn: readonly string[],
): Grant {
  const violations = withdrawn.flatMap((scope, index) =>
    before.grant.includes(scope) && scope !== alwaysGrantedScope
      ? []
      : [scopeViolation(index, "scopes", "is not a scope that the owner can withdraw from this instance")],
  );
  if (violations.length > 0) throw new ValidationError(violations);
  const isRequested = (scope: string, optional: boolean): boolean =>
    requested.some((one) => one.scopeId === scope && one.optional === optional);
  const required = withdrawn.filter((scope) => isRequested(scope, false));
  if (required.length > 0) throw requiredScopeMissing(required);
  const isKept = (scope: string): boolean => !withdrawn.includes(scope);
  const declined = withdrawn.filter((scope) => isRequested(scope, true));
  return {
    grant: before.grant.filter(isKept),
    declined: [...new Set([...before.declined, ...declined])],
    preApproved: before.preApproved.filter(isKept),
  };
}

/** What changed in a grant, as `AppGrantChanged` describes it. */
export interface GrantChange {
  /** The new grant. */
  readonly granted: readonly string[];
  readonly added: readonly string[];
  readonly dropped: readonly string[];
}

export function grantChange(before: readonly string[], after: readonly string[]): GrantChange {
  const granted = parseGrant(formatGrant(after));
  return {
    granted,
    added: granted.filter((scope) => !before.includes(scope)),
    dropped: before.filter((scope) => !granted.includes(scope)),
  };
}

function requiredScopeMissing(scopes: readonly string[]): ApiError {
  return new ApiError("REQUIRED_SCOPE_MISSING", {
    message: `The app does not work without ${scopes.join(", ")}; approve every required scope.`,
    data: { scopes },
  });
}

/** Throws a violation for each scope of `grant` that the app does not request. */
function requireRequested(grant: readonly string[], requested: readonly string[]): void {
  const violations = grant.flatMap((scope, index) =>
    requested.includes(scope) || scope === alwaysGrantedScope
      ? []
      : [scopeViolation(index, "grant", "is not among the scopes that the app requests")],
  );
  if (violations.length > 0) throw new ValidationError(violations);
}

function scopeViolation(index: number, field: string, description: string): FieldViolation {
  return { field: `${field}[${index}]`, description, violatedRule: "INVALID_ENUM_VALUE" };
}
