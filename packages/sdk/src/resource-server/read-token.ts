import { parseBearerToken } from "@latchkey/protocol";
import { unauthenticated } from "./access-refused.ts";

/** The headers of a request of `node:http`. */
export type NodeHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A request with headers: a `Request`, or an `IncomingMessage` of `node:http`. */
export interface TokenCarrier {
  readonly headers: Headers | NodeHeaders;
  /** Header names and values in turn. `node:http` shows a repeated header only here. */
  readonly rawHeaders?: readonly string[];
}

/**
 * Reads the access token from the header `Authorization`: `Bearer <token>` (case-insensitive), or the token alone.
 *
 * @throws {AccessRefused} 401 when the header is missing, repeated or of another scheme
 */
export function readToken(carrier: TokenCarrier): string {
  const header = headerOf(carrier.headers);
  if (header === undefined) throw unauthenticated("no_token");
  if (timesSent(carrier.rawHeaders ?? []) > 1) throw unauthenticated("malformed");
  const token = parseBearerToken(header);
  if (token === undefined) throw unauthenticated("no_token");
  return token;
}

function headerOf(headers: TokenCarrier["headers"]): string | undefined {
  if (headers instanceof Headers) return headers.get("authorization") ?? undefined;
  const header = headers.authorization;
  return typeof header === "string" && header !== "" ? header : undefined;
}

function timesSent(rawHeaders: readonly string[]): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "authorization").length;
}
