import type { TokenRequest } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import type { ApiUrl } from "../http/api-url.ts";
import { attemptOnce, type Network, type ReadAnswer, readWhole, requestIdOf } from "../http/attempt.ts";
import { tokenRefusal } from "../http/refusal.ts";
import { sendWithRetries } from "../http/retry-policy.ts";
import { type IssuedToken, lifetimeMs } from "./token-lifetime.ts";

/** For what a token is asked: one installation and, when narrowed, a set of scopes. */
export interface TokenSubject {
  readonly instanceId: string;
  /** Sorted, each once. */
  readonly scopes: readonly string[] | undefined;
}

/** An app as the token endpoint knows it. */
export interface AppCredentials {
  readonly appId: string;
  readonly readSecret: () => string;
}

const NAME = "The token request";

/**
 * Asks the token endpoint for a token; minting changes nothing on the server, so failures of unknown fate are retried.
 *
 * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
 */
export async function requestToken(
  network: Network,
  target: { readonly apiUrl: ApiUrl; readonly app: AppCredentials },
  subject: TokenSubject,
): Promise<IssuedToken> {
  const secret = target.app.readSecret();
  const message: TokenRequest = {
    grant_type: "client_credentials",
    client_id: target.app.appId,
    client_secret: secret,
    instance_id: subject.instanceId,
    ...(subject.scopes === undefined ? {} : { scope: subject.scopes.join(" ") }),
  };
  const secrets = [secret];
  const attempt = {
    url: target.apiUrl.tokenEndpoint,
    init: { method: "POST", body: JSON.stringify(message) },
    headers: { "content-type": "application/json" },
    signal: undefined,
    name: () => NAME,
    secrets,
    read: readWhole,
  };
  let sentAt = 0;
  const answer = await sendWithRetries(network, { idempotent: true, signal: undefined }, () => {
    sentAt = network.clock.now();
    return attemptOnce(network, attempt);
  });
  if (answer.status < 200 || answer.status > 299) throw tokenRefusal({ answer, name: NAME, secrets });
  // Counted from the sending, so that a slow answer never makes a token look younger than it is.
  return readToken(answer, sentAt);
}

function readToken(answer: ReadAnswer, sentAt: number): IssuedToken {
  const { access_token, token_type, expires_in } = parseObject(answer.text);
  const bearer = token_type === undefined || (typeof token_type === "string" && /^bearer$/i.test(token_type));
  if (!isToken(access_token) || !bearer) {
    // The body is left out: it may hold a token in a place where nobody expects one.
    throw new LatchkeyError(
      "unexpected_response",
      `${NAME} was answered with status ${answer.status} but without a bearer token. ` +
        "Check that apiUrl is the URL of the platform and not of something in front of it.",
      { status: answer.status, requestId: requestIdOf(answer.headers, []) },
    );
  }
  const lifetime = lifetimeMs(expires_in);
  return { token: access_token, lifetimeMs: lifetime, expiresAt: sentAt + lifetime };
}

/** Tells whether a value can be sent as a token: printable ASCII in one piece. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
