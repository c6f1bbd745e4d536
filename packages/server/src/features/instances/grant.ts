import { ValidationError } from "../../infrastructure/errors/index.ts";
import { alwaysGrantedScope } from "../permissions/index.ts";

/** Writes a grant as it is stored: sorted, without duplicates, and with the scope that every instance has. */
export function formatGrant(scopes: readonly string[]): string {
  return JSON.stringify([...new Set([alwaysGrantedScope, ...scopes])].sort());
}

export function parseGrant(stored: string): readonly string[] {
  return JSON.parse(stored);
}

/** Throws a violation for each scope of `grant` that the app does not request. */
export function requireRequested(grant: readonly string[], requested: readonly string[]): void {
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
