import { parseAuthorization } from "@latchkey/protocol";
import { unauthenticated } from "./access-refused.ts";

/** The headers of a request as `node:http` has them. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a token is taken from: a `Request`, or the message of `node:http`. */
export interface TokenCarrier {
  readonly headers: Headers | NodeHeaders;
  /** Names and values in turn; here alone `node:http` shows a header that came twice. */
  readonly rawHeaders?: readonly string[];
}

/**
 * Takes the access token from `Authorization`: `Bearer <token>` in any case, or the raw token.
 *
 * @throws {AccessRefused} 401 when there is none, or several
 */
export function readToken(carrier: TokenCarrier): string {
  const header = headerOf(carrier.headers);
  if (header === undefined) throw unauthenticated("no_token");
  if (timesSent(carrier.rawHeaders ?? []) > 1) throw unauthenticated("malformed");
  const authorization = parseAuthorization(header);
  if (authorization === undefined || authorization.scheme === "basic") throw unauthenticated("no_token");
  return authorization.value;
}

function headerOf(headers: TokenCarrier["headers"]): string | undefined {
  if (headers instanceof Headers) return headers.get("authorization") ?? undefined;
  const header = headers.authorization;
  return typeof header === "string" && header !== "" ? header : undefined;
}

function timesSent(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "authorization").length;
}
