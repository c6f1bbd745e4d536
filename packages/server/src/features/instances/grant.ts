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

/**
 * The scopes that an owner approves. Throws a violation for each scope that the app does not request, and
 * `REQUIRED_SCOPE_MISSING` when a required one is not approved.
 *
 * @param given default: all that the app requests
 */
export function approvedGrant(
  requested: readonly RequestedScope[],
  given?: readonly string[],
): readonly string[] {
  const requestedIds = requested.map(({ scopeId }) => scopeId);
  const grant = given ?? requestedIds;
  requireRequested(grant, requestedIds);
  requireRequired(
    requested.filter(({ optional }) => !optional).map(({ scopeId }) => scopeId),
    grant,
  );
  return grant;
}

/** Throws `REQUIRED_SCOPE_MISSING`, which names the required scopes that `grant` lacks. */
export function requireRequired(required: readonly string[], grant: readonly string[]): void {
  const missing = required.filter((scope) => scope !== alwaysGrantedScope && !grant.includes(scope));
  if (missing.length === 0) return;
  throw new ApiError("REQUIRED_SCOPE_MISSING", {
    message: `The app does not work without ${missing.join(", ")}; approve every required scope.`,
    data: { scopes: missing },
  });
}

/** Throws a violation for each scope of `grant` that the app does not request. */
function requireRequested(grant: readonly string[], requested: readonly string[]): void {
  const violations = grant.flatMap((scope, index) =>
    requested.includes(scope) || scope === alwaysGrantedScope
      ? []
      : [
          {
            field: `grant[${index}]`,
            description: "is not among the scopes that the app requests",
            violatedRule: "INVALID_ENUM_VALUE" as const,
          },
        ],
  );
  if (violations.length > 0) throw new ValidationError(violations);
}
