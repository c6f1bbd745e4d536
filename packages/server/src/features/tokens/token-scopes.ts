import { OAuthError } from "../../infrastructure/errors/index.ts";
import { parseGrant } from "../instances/index.ts";

const maxScopes = 100;
// RFC 6749 §3.3.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

/**
 * Returns the scope of a new token: the requested scopes, or the whole grant without a request. Throws `invalid_scope`
 * when a requested scope is not granted.
 */
export function scopeOfNewToken(requested: string | undefined, storedGrant: string): string {
  const granted = parseGrant(storedGrant);
  if (requested === undefined) return granted.join(" ");
  const scopes = [...new Set(requested.split(" "))];
  if (scopes.length > maxScopes || scopes.some((scope) => !scopeToken.test(scope))) {
    throw new OAuthError("invalid_scope", "scope must be a list of scope ids with one space between them.");
  }
  if (scopes.some((scope) => !granted.includes(scope))) {
    throw new OAuthError("invalid_scope", "The site's owner has not granted a scope that was asked for.");
  }
  return scopes.join(" ");
}

/** Returns the scopes of a token that are still granted. */
export function effectiveScopes(tokenScope: string, storedGrant: string): string[] {
  const granted = new Set(parseGrant(storedGrant));
  return tokenScope.split(" ").filter((scope) => granted.has(scope));
}
