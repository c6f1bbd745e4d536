import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Exchange, jsonResponse } from "../../../infrastructure/http/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import type { OwnTokenCheck } from "./own-token.ts";

/** Responds that a token is not active. The token log has the reason. */
export function inactive(
  { usage }: Pick<TokenDependencies, "usage">,
  { caller, reason }: Exclude<OwnTokenCheck, { token: unknown }>,
  { exchange, route }: { exchange: Exchange; route: string },
): Response {
  exchange.error = new OAuthError("invalid_grant", "The token is not active.", { reason });
  usage.refused({ requestId: exchange.requestId, kind: "access-token", route, reason, caller });
  return jsonResponse({ active: false });
}
