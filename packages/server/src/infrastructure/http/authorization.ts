import { type Authorization, parseAuthorization } from "@latchkey/protocol";

/** Reads `Authorization`; several of it arrive as one that is none of the forms. */
export function readAuthorization(headers: Headers): Authorization | undefined {
  return parseAuthorization(headers.get("authorization"));
}
