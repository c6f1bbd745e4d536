import { parseBearerToken } from "@latchkey/protocol";
import type { Connection } from "../connection.ts";
import { LatchkeyError } from "../errors.ts";
import { isToken } from "../tokens/token-request.ts";

/** The user of a page that calls the app's server. */
export interface ActingUser {
  readonly instanceId: string;
  readonly siteId: string | undefined;
  /** The ID of the user; undefined for visitors who are not signed in. */
  readonly userId: string | undefined;
  readonly subjectType: "USER" | "MEMBER" | "VISITOR";
  /** The access token of the page. Anyone who has it can act as the user within the app's permissions. */
  readonly accessToken: string;
}

/**
 * Verifies the access token of a page with a token-info request.
 *
 * @throws {LatchkeyError} `invalid_access_token`, and errors of the token-info request
 */
export async function authenticateUser(
  request: Request,
  { appId, connection }: { readonly appId: string; readonly connection: Pick<Connection, "tokenInfo"> },
): Promise<ActingUser> {
  const accessToken = parseBearerToken(request.headers.get("authorization"));
  if (!isToken(accessToken)) throw invalidToken("is missing. Send it in the header Authorization");
  const info = await connection.tokenInfo(accessToken);
  if (!info.active) throw invalidToken("has expired, was revoked, or is not a token of this platform");
  if (info.clientId.toLowerCase() !== appId.toLowerCase()) throw invalidToken("was issued to another app");
  const { instanceId, siteId, subjectId, subjectType } = info;
  if (subjectType === "APP" || subjectType === "UNKNOWN" || instanceId === undefined) {
    throw invalidToken("does not belong to a user. Send the access token of the page");
  }
  return {
    instanceId,
    siteId,
    userId: subjectType === "VISITOR" ? undefined : subjectId,
    subjectType,
    accessToken,
  };
}

function invalidToken(why: string): LatchkeyError {
  return new LatchkeyError("invalid_access_token", `The access token ${why}.`);
}
