import { ApiError } from "../errors/index.ts";

/** Dot segments, escaped unreserved characters (RFC 3986 §2.3) and fragments. */
const ambiguous = /\/\.\.?(?:[/#]|$)|%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])|#/i;

/**
 * Throws `AMBIGUOUS_PATH` when normalization changes the path of a request target. A proxy that checks raw paths then
 * checks the same path that the server routes.
 *
 * @param target as in the request line: a path or a whole URL, with or without a query
 */
export function requireUnambiguousPath(target: string): void {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (ambiguous.test(path)) throw new ApiError("AMBIGUOUS_PATH");
}
