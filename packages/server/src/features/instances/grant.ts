import { ValidationError } from "../../infrastructure/errors/index.ts";
import { alwaysGrantedScope } from "../permissions/index.ts";

/** A grant as it is stored: sorted, without repetition, always with the scope that nobody can refuse. */
export function formatGrant(scopes: readonly string[]): string {
  return JSON.stringify([...new Set([alwaysGrantedScope, ...scopes])].sort());
}

export function parseGrant(stored: string): readonly string[] {
  return JSON.parse(stored);
}

/** Throws a violation for each scope in `grant` that the app does not ask for: nobody can approve those. */
export function requireAskedFor(grant: readonly string[], asked: readonly string[]): void {
  const violations = grant.flatMap((scope, index) =>
    asked.includes(scope) || scope === alwaysGrantedScope
      ? []
      : [
          {
            field: `grant[${index}]`,
            description: "is not among the scopes that the app asks for",
            violatedRule: "INVALID_ENUM_VALUE" as const,
          },
        ],
  );
  if (violations.length > 0) throw new ValidationError(violations);
}
