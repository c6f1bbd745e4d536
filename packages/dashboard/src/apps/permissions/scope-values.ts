import type { App } from "../../api/changes.ts";

/** A scope as a person edits it. */
export interface ScopeValues {
  readonly scopeId: string;
  readonly need: "required" | "optional";
  readonly reason: string;
}

/** What the form shows for the scopes of an app. */
export function toValues(scopes: App["scopes"]): ScopeValues[] {
  return scopes.map(({ optional, reason, scopeId }) => ({
    scopeId,
    need: optional ? "optional" : "required",
    reason: reason ?? "",
  }));
}

/** The scopes that a person edited, for the API. */
export function toRequests(scopes: readonly ScopeValues[]): App["scopes"] {
  return scopes.map(({ need, reason, scopeId }) => ({
    scopeId,
    optional: need === "optional",
    reason: reason.trim() === "" ? null : reason.trim(),
  }));
}

/** The scopes in lines of text. */
export function describeScopes(scopes: App["scopes"]): string {
  return toValues(scopes)
    .map(({ need, reason, scopeId }) => [scopeId, need, reason].filter(Boolean).join(", "))
    .join("\n");
}
