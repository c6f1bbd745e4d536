import type { TokenInfo, TokenRequest } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import type { ApiUrl } from "../http/api-url.ts";
import {
  attemptOnce,
  type BufferedResponse,
  bufferResponse,
  type Network,
  requestIdOf,
} from "../http/attempt.ts";
import { parseObject } from "../http/json.ts";
import { pageTokenAdvice, tokenError } from "../http/response-error.ts";
import { sendWithRetries } from "../http/retry-policy.ts";
import type { RefreshTokenSlot } from "./refresh-token-slot.ts";
import { type IssuedToken, lifetimeMs } from "./token-lifetime.ts";

/** The subject of a token request: an instance, or the user of a page's token. */
export type TokenSubject = {
  /** Sorted, without duplicates. Undefined requests all scopes. */
  readonly scopes: readonly string[] | undefined;
} & (
  | {
      readonly instanceId: string;
      /** The identifier of the API that the token is for. Default: the platform's own APIs. */
      readonly resource?: string | undefined;
    }
  | { readonly accessToken: string }
  | { readonly slot: RefreshTokenSlot }
);

/** The credentials of an app. */
export interface AppCredentials {
  readonly appId: string;
  readonly readSecret: () => string;
}

/** Returns the values that identify a subject in caches. */
export function subjectKey(subject: TokenSubject): readonly unknown[] {
  const scopes = subject.scopes ?? null;
  return "instanceId" in subject
    ? [subject.instanceId, scopes, subject.resource ?? null]
    : [null, scopes, "slot" in subject ? subject.slot.key : subject.accessToken];
}

/**
 * Requests a token. A repeated request does no harm, so failed requests are retried.
 *
 * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
 */
export async function requestToken(
  network: Network,
  target: { readonly apiUrl: ApiUrl; readonly app: AppCredentials },
  subject: Exclude<TokenSubject, { readonly slot: unknown }>,
): Promise<IssuedToken> {
  const secret = target.app.readSecret();
  if (secret === "") {
    throw new LatchkeyError(
      "missing_credentials",
      "appSecret is missing. Pass appSecret to call an API; without it, an app only receives webhooks.",
    );
  }
  const isPageToken = "accessToken" in subject;
  const secrets = isPageToken ? [secret, subject.accessToken] : [secret];
  const name = "The token request";
  const message = tokenMessage(target.app.appId, secret, subject);
  const advice = isPageToken ? pageTokenAdvice : undefined;
  const request = { url: target.apiUrl.tokenEndpoint, name, message, advice, secrets };
  const { response, sentAt } = await postToEndpoint(network, request);
  // The lifetime starts when the request is sent, so a slow response never extends it.
  return readToken(response, { name, sentAt });
}

/**
 * Requests information about a token (wire §2).
 *
 * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
 */
export async function requestTokenInfo(network: Network, apiUrl: ApiUrl, token: string): Promise<TokenInfo> {
  const name = "The token-info request";
  const request = { url: apiUrl.tokenInfoEndpoint, name, message: { token }, secrets: [token] };
  const { response } = await postToEndpoint(network, request);
  const info = parseObject(response.text) ?? {};
  if (typeof info.active === "boolean") return info as unknown as TokenInfo;
  throw unexpected(response, `${name} returned status ${response.status} without the member active.`);
}

function tokenMessage(
  appId: string,
  secret: string,
  subject: Parameters<typeof requestToken>[2],
): TokenRequest {
  const narrowed = subject.scopes === undefined ? {} : { scope: subject.scopes.join(" ") };
  if ("accessToken" in subject) {
    const { accessToken } = subject;
    // The token already identifies the app and the instance.
    return {
      grant_type: "strip_bound_session",
      client_secret: secret,
      access_token: accessToken,
      ...narrowed,
    };
  }
  return {
    grant_type: "client_credentials",
    client_id: appId,
    client_secret: secret,
    instance_id: subject.instanceId,
    ...narrowed,
    ...(subject.resource === undefined ? {} : { resource: subject.resource }),
  };
}

interface EndpointRequest {
  readonly url: string;
  readonly name: string;
  readonly message: object;
  /** Advice by OAuth error, for errors whose cause depends on the request. */
  readonly advice?: Readonly<Record<string, string>> | undefined;
  /** Default: true. */
  readonly idempotent?: boolean;
  readonly secrets: readonly string[];
}

/**
 * Sends a request with retries.
 *
 * @returns the successful response, and the send time in epoch milliseconds
 */
export async function postToEndpoint(
  network: Network,
  { url, name, message, advice, idempotent = true, secrets }: EndpointRequest,
): Promise<{ readonly response: BufferedResponse; readonly sentAt: number }> {
  const attempt = {
    url,
    init: { method: "POST", body: JSON.stringify(message) },
    headers: { "content-type": "application/json" },
    signal: undefined,
    name: () => name,
    secrets,
    read: bufferResponse,
  };
  let sentAt = 0;
  const response = await sendWithRetries(network, { idempotent, signal: undefined }, () => {
    sentAt = network.clock.now();
    return attemptOnce(network, attempt);
  });
  if (response.status < 200 || response.status > 299)
    throw tokenError({ response, name, secrets }, { advice, url });
  return { response, sentAt };
}

/**
 * Reads the token of a response.
 *
 * @throws {LatchkeyError} `unexpected_response`
 */
export function readToken(
  response: BufferedResponse,
  sent: { readonly name: string; readonly sentAt: number },
): IssuedToken {
  const { access_token, token_type, expires_in } = parseObject(response.text) ?? {};
  const bearer = token_type === undefined || (typeof token_type === "string" && /^bearer$/i.test(token_type));
  if (!isToken(access_token) || !bearer) {
    throw unexpected(response, `${sent.name} returned status ${response.status} without a bearer token.`);
  }
  const lifetime = lifetimeMs(expires_in);
  return { token: access_token, lifetimeMs: lifetime, expiresAt: sent.sentAt + lifetime };
}

/** Creates an error without the body, which can contain a token at an unexpected place. */
function unexpected(response: BufferedResponse, what: string): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${what} Check that apiUrl is the URL of the platform, and that no proxy changes the response.`,
    { status: response.status, requestId: requestIdOf(response.headers, []) },
  );
}

/** Checks whether a value can be sent as a token: printable ASCII without spaces. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}
