import type { RequestedScope } from "../../apps/index.ts";
import { alwaysGrantedScope } from "../../permissions/index.ts";
import type { Grant } from "../grant.ts";

/** The scopes that an app requests now, compared with what an owner approved. */
export interface ScopeChange {
  /** Granted, and requested. */
  readonly kept: readonly RequestedScope[];
  /** Not granted, and the owner has not been asked. */
  readonly added: readonly RequestedScope[];
  /** Granted, and no longer requested. They leave the grant with the next approval. */
  readonly dropped: readonly string[];
}

/**
 * Compares what an app requests with a grant. An optional scope that the owner declined is not asked for again, until the
 * app requires it.
 */
export function scopeChange(
  requested: readonly RequestedScope[],
  { declined, grant }: Pick<Grant, "grant" | "declined">,
): ScopeChange {
  const isGranted = ({ scopeId }: RequestedScope): boolean =>
    scopeId === alwaysGrantedScope || grant.includes(scopeId);
  const isDeclined = ({ optional, scopeId }: RequestedScope): boolean =>
    optional && declined.includes(scopeId);
  return {
    kept: requested.filter(isGranted),
    added: requested.filter((scope) => !isGranted(scope) && !isDeclined(scope)),
    dropped: grant.filter(
      (id) => id !== alwaysGrantedScope && !requested.some(({ scopeId }) => scopeId === id),
    ),
  };
}
