import { LatchkeyError } from "../errors.ts";
import type { ApiUrl } from "../http/api-url.ts";
import type { Network } from "../http/attempt.ts";
import { parseObject } from "../http/json.ts";
import { callBack } from "../reports/call-back.ts";
import type { RefreshTokenSlot } from "../tokens/refresh-token-slot.ts";
import type { IssuedToken } from "../tokens/token-lifetime.ts";
import { type AppCredentials, isToken, postToEndpoint, readToken } from "../tokens/token-request.ts";

/** A grant of the legacy flow (wire §3.2). */
export type LegacyGrant =
  | { readonly code: string }
  | { readonly slot: RefreshTokenSlot; readonly scopes: readonly string[] | undefined };

/** The tokens of the legacy flow. */
export interface LegacyTokens extends IssuedToken {
  readonly refreshToken: string;
}

/**
 * Exchanges a code or a refresh token. A code is sent once, because a repeated code revokes its tokens. A refresh token
 * that the platform replaces is stored in its slot before this function returns.
 *
 * @throws {LatchkeyError} `missing_credentials`, `token_request_failed`, `unexpected_response`, `timeout` or `network`
 */
export async function requestLegacyTokens(
  network: Network,
  { apiUrl, app }: { readonly apiUrl: ApiUrl; readonly app: AppCredentials },
  grant: LegacyGrant,
): Promise<LegacyTokens> {
  const secret = app.readSecret();
  if (secret === "") {
    throw new LatchkeyError(
      "missing_credentials",
      "appSecret is missing. Pass appSecret to use the legacy flow.",
    );
  }
  const isCode = "code" in grant;
  const given = isCode ? grant.code : (grant.slot.token ?? "");
  const client = { client_id: app.appId, client_secret: secret };
  const name = isCode ? "The exchange of the code" : "The exchange of the refresh token";
  const { response, sentAt } = await postToEndpoint(network, {
    url: `${apiUrl.base}/oauth/access`,
    name,
    message: isCode
      ? { code: given, ...client, grant_type: "authorization_code" }
      : { refresh_token: given, ...client, grant_type: "refresh_token", scope: grant.scopes?.join(" ") },
    advice: isCode ? codeAdvice : refreshAdvice,
    idempotent: !isCode,
    secrets: [secret, given],
  });
  const token = readToken(response, { name, sentAt });
  const { refresh_token: next = isCode ? undefined : given } = parseObject(response.text) ?? {};
  if (!isToken(next)) {
    throw new LatchkeyError("unexpected_response", `${name} returned no refresh token. Check apiUrl.`, {
      status: response.status,
    });
  }
  if (!isCode) await replace(grant.slot, next);
  return { ...token, refreshToken: next };
}

async function replace(slot: RefreshTokenSlot, next: string): Promise<void> {
  if (next === slot.token) return;
  slot.token = next;
  await callBack(() => slot.onChange?.(next));
}

const leftLegacy = "The app has left the legacy flow. Pass AppStrategy instanceId instead of refreshToken.";
const codeAdvice = {
  invalid_grant: "A code is valid once, for 10 minutes. Send the owner to getInstallUrl again.",
  unauthorized_client: leftLegacy,
};
const refreshAdvice = {
  invalid_grant:
    "The app was removed from the site, or its tokens were revoked. Pass AppStrategy the instanceId instead of refreshToken.",
  unauthorized_client: leftLegacy,
};
