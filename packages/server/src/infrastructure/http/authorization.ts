import { type Authorization, parseAuthorization } from "@latchkey/protocol";

/** Reads `Authorization`. Node joins repeated headers, and the joined value is invalid. */
export function readAuthorization(headers: Headers): Authorization | undefined {
  return parseAuthorization(headers.get("authorization"));
}
