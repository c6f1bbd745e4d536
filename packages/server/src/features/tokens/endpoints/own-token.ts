import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Caller, type Exchange, jsonResponse } from "../../../infrastructure/http/index.ts";
import { anyAudience, checkToken, type TokenCheck } from "../check-token.ts";
import type { StoredRefreshToken } from "../legacy/legacy.queries.ts";
import { findValidRefreshToken } from "../legacy/refresh-tokens.ts";
import { type ClientCredentials, checkClient, lookupId } from "../request/client-authentication.ts";
import { requireParameter, type TokenParameters } from "../request/token-parameters.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** What an app learns about a token: nothing about tokens of other apps. */
export type OwnTokenCheck =
  | TokenCheck
  | { readonly refreshToken: StoredRefreshToken }
  | { readonly reason: "other_app"; readonly caller: Caller };

/** Authenticates an app that sends one of its tokens, and checks the token. Throws `invalid_client`. */
export async function checkOwnToken(
  deps: TokenDependencies,
  sent: { credentials: ClientCredentials; exchange: Exchange; parameters: TokenParameters },
): Promise<OwnTokenCheck> {
  const { credentials, exchange, parameters } = sent;
  const digests = deps.vault.digests(credentials.clientSecret);
  const client = await deps.queries.readClient({ appId: lookupId(credentials), digests });
  checkClient(deps, client, { credentials, digests, exchange });
  const text = requireParameter(parameters, "token");
  const refreshToken = await findValidRefreshToken(deps, text);
  const check = refreshToken ? { refreshToken } : await checkToken(deps, text, { audience: anyAudience });
  const owner = "token" in check ? check.token.claims.client_id : refreshToken?.app_id;
  const isOther = owner !== undefined && owner !== client.app_id;
  return isOther ? { reason: "other_app", caller: { appId: client.app_id } } : check;
}

/** Responds that a token is not active. The token log has the reason. */
export function inactive(
  { usage }: Pick<TokenDependencies, "usage">,
  { caller, reason }: Exclude<OwnTokenCheck, { token: unknown } | { refreshToken: unknown }>,
  { exchange, route }: { exchange: Exchange; route: string },
): Response {
  exchange.error = new OAuthError("invalid_grant", "The token is not active.", { reason });
  usage.refused({ requestId: exchange.requestId, kind: "access-token", route, reason, caller });
  return jsonResponse({ active: false });
}
