import { invalidField, ValidationError } from "../../../infrastructure/errors/index.ts";

/** A scope that an app requests. */
export interface RequestedScope {
  readonly scopeId: string;
  /** Whether the app works without it. The owner may decline and withdraw an optional scope. */
  readonly optional: boolean;
  /** Why the app needs it, in the developer's words. */
  readonly reason: string | null;
}

/** A scope of a registration. A string is the id of a required scope without a reason. */
export type ScopeRequest =
  | string
  | {
      readonly scopeId: string;
      readonly optional?: boolean | undefined;
      readonly reason?: string | null | undefined;
    };

/** Completes the scopes of a registration. Throws a violation for a scope that is in the list twice. */
export function readScopeRequests(given: readonly ScopeRequest[]): RequestedScope[] {
  const scopes = given.map((one) => {
    const { scopeId, optional = false, reason = null } = typeof one === "string" ? { scopeId: one } : one;
    return { scopeId, optional, reason };
  });
  const ids = scopes.map(({ scopeId }) => scopeId);
  const repeated = ids.findIndex((id, index) => ids.indexOf(id) < index);
  if (repeated >= 0) {
    throw invalidField(`scopes[${repeated}]`, "is in the list already", "VALIDATION");
  }
  return scopes;
}

/** Whether a change requests other scopes, or requires others. */
export function changesGrants(before: readonly RequestedScope[], after: readonly RequestedScope[]): boolean {
  const isSame = (one: RequestedScope, other: RequestedScope): boolean =>
    one.scopeId === other.scopeId && one.optional === other.optional;
  return before.length !== after.length || !after.every((one) => before.some((other) => isSame(one, other)));
}

/** Throws a violation for each scope that has no reason, and is new or was optional before. */
export function requireReasons(before: readonly RequestedScope[], after: readonly RequestedScope[]): void {
  const violations = after.flatMap((scope, index) =>
    scope.reason !== null || !isAdded(scope, before)
      ? []
      : [
          {
            field: `scopes[${index}].reason`,
            description:
              "is required for a scope that is added or becomes required while the app is installed",
            violatedRule: "REQUIRED_FIELD" as const,
          },
        ],
  );
  if (violations.length > 0) throw new ValidationError(violations);
}

function isAdded({ optional, scopeId }: RequestedScope, before: readonly RequestedScope[]): boolean {
  const known = before.find((scope) => scope.scopeId === scopeId);
  return known === undefined || (known.optional && !optional);
}
