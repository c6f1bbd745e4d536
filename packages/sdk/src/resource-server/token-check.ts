import { type ParsedToken, parseAccessToken } from "@latchkey/protocol";
import type { Access } from "./access.ts";
import { unauthenticated } from "./access-refused.ts";

/**
 * Checks a token and returns its caller.
 *
 * @throws {AccessRefused} 401 when the token is not valid, 503 when it cannot be checked
 */
export type TokenCheck = (token: string) => Promise<Access>;

/** The required issuer and audience. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
}

/**
 * Parses a token and checks its issuer and audience. It makes no request.
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
