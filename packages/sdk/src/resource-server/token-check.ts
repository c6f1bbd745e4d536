import { type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import type { Access } from "./access.ts";
import { unauthenticated } from "./access-refused.ts";

/**
 * Finds out as whom a token acts.
 *
 * @throws {AccessRefused} 401 for a token that is not good, 503 when that cannot be found out
 */
export type TokenCheck = (token: string) => Promise<Access>;

/** Whose tokens are taken, and for which API. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
}

/**
 * Takes a token apart and refuses what the platform could not have minted for this API: no one has to be asked.
 *
 * @throws {AccessRefused} 401
 */
export function parseExpected(token: string, expected: Expected): ParsedToken {
  const parsed = parseAccessToken(token);
  if (parsed === undefined) throw unauthenticated("malformed");
  if (parsed.claims.iss !== expected.issuer) throw unauthenticated("wrong_issuer");
  if (parsed.claims.aud !== expected.audience) throw unauthenticated("wrong_audience");
  return parsed;
}
