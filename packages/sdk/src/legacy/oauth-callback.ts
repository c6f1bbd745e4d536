import type { TokenInfo } from "@latchkey/protocol";
import { type AppIdentity, type OAuthCallback, readRefreshToken } from "../app-auth.ts";
import { LatchkeyError } from "../errors.ts";
import { redactLine } from "../http/redact.ts";

/** The platform that a callback comes from. */
interface CallbackPlatform {
  readonly incoming: { readonly issuer: string };
  legacyTokens(grant: { code: string }): Promise<{ readonly token: string; readonly refreshToken: string }>;
  tokenInfo(token: string): Promise<TokenInfo>;
}

/**
 * Checks the URL of a callback and exchanges its code. The instance is the one of the tokens: anyone can change the
 * `instanceId` in the URL.
 *
 * @throws {LatchkeyError} `invalid_callback`, and the errors of the exchange
 */
export async function handleOAuthCallback(
  platform: CallbackPlatform,
  identity: AppIdentity,
  callback: { readonly url: string; readonly state?: string | undefined },
): Promise<OAuthCallback> {
  const { code, instanceId } = readCallback(callback, platform.incoming.issuer);
  const { refreshToken, token } = await platform.legacyTokens({ code });
  const info = await platform.tokenInfo(token);
  if (!info.active) throw invalid("the tokens of its code are not valid any more. Was the app removed?");
  if (info.instanceId !== instanceId.toLowerCase()) {
    throw invalid("its instanceId is not the instance of its code. The URL was changed; do not use it.");
  }
  Object.assign(identity[readRefreshToken]?.() ?? {}, { key: refreshToken, token: refreshToken });
  return { instanceId: instanceId.toLowerCase(), accessToken: token, refreshToken };
}

function readCallback(
  { state, url }: { readonly url: string; readonly state?: string | undefined },
  issuer: string,
): { code: string; instanceId: string } {
  const parameters = parse(url);
  const error = parameters.get("error");
  if (error !== null) throw invalid(`the platform returned the error ${redactLine(error, [])}.`);
  if (state !== undefined && parameters.get("state") !== state) {
    throw invalid("its state is missing or is not the expected one. Another person may have started it.");
  }
  const iss = parameters.get("iss");
  if (iss !== null && iss !== issuer) throw invalid("its iss is another platform (RFC 9207). Check apiUrl.");
  const code = parameters.get("code");
  const instanceId = parameters.get("instanceId");
  if (!code || !instanceId)
    throw invalid("it has no code or no instanceId. Pass the complete URL of the request.");
  return { code, instanceId };
}

function parse(url: string): URLSearchParams {
  try {
    // The URL of a request in Node.js is only a path.
    return new URL(url, "http://localhost").searchParams;
  } catch {
    throw invalid("it is not a URL.");
  }
}

function invalid(why: string): LatchkeyError {
  return new LatchkeyError("invalid_callback", `The URL of the OAuth callback is not valid: ${why}`);
}
