import type { Connection } from "../connection.ts";
import { LatchkeyError } from "../errors.ts";
import { isToken } from "../tokens/token-request.ts";

/** On whose behalf a page calls its own server. */
export interface ActingUser {
  readonly instanceId: string;
  readonly siteId: string | undefined;
  /** Undefined for visitors who are not signed in. */
  readonly userId: string | undefined;
  readonly subjectType: "USER" | "MEMBER" | "VISITOR";
  /** Acts as that user; whoever has it can do what the user may by this app. */
  readonly accessToken: string;
}

/**
 * Checks the token that a page of the app sends along, with the platform.
 *
 * @throws {LatchkeyError} `invalid_access_token`, and what asking the platform throws
 */
export async function authenticateUser(
  request: Request,
  { appId, connection }: { readonly appId: string; readonly connection: Pick<Connection, "tokenInfo"> },
): Promise<ActingUser> {
  const accessToken = request.headers.get("authorization")?.replace(/^Bearer +/i, "") ?? "";
  if (!isToken(accessToken)) throw invalidToken("is missing: send it as the header Authorization");
  const info = await connection.tokenInfo(accessToken);
  if (!info.active) throw invalidToken("has ended, or is no token of this platform");
  if (info.clientId.toLowerCase() !== appId.toLowerCase()) throw invalidToken("was issued to another app");
  const { instanceId, siteId, subjectId, subjectType } = info;
  if (subjectType === "APP" || subjectType === "UNKNOWN" || instanceId === undefined) {
    throw invalidToken("is of no user: pages get tokens of the user who looks at them");
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
