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
import { tokenError } from "../http/response-error.ts";
import { sendWithRetries } from "../http/retry-policy.ts";
import { type IssuedToken, lifetimeMs } from "./token-lifetime.ts";

/** For what a token is asked: one instance, or whoever a token that a page was given is of. */
export type TokenSubject = {
  /** When narrowed: sorted, each once. */
  readonly scopes: readonly string[] | undefined;
} & (
  | {
      readonly instanceId: string;
      /** The identifier of the one API that the token is for. Default: the platform's own APIs. */
      readonly resource?: string | undefined;
    }
  | { readonly accessToken: string }
);

/** An app as the token endpoint knows it. */
export interface AppCredentials {
  readonly appId: string;
  readonly readSecret: () => string;
}

/** What tells subjects apart. */
export function subjectKey(subject: TokenSubject): readonly unknown[] {
  const scopes = subject.scopes ?? null;
  return "accessToken" in subject
    ? [null, scopes, subject.accessToken]
    : [subject.instanceId, scopes, subject.resource ?? null];
}

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
  if (secret === "") {
    throw new LatchkeyError(
      "missing_credentials",
      "appSecret is missing: without it webhooks can be received, and no API can be called.",
    );
  }
  const isPageToken = "accessToken" in subject;
  const secrets = isPageToken ? [secret, subject.accessToken] : [secret];
  const name = "The token request";
  const message = tokenMessage(target.app.appId, secret, subject);
  const request = { url: target.apiUrl.tokenEndpoint, name, message, isPageToken, secrets };
  const { response, sentAt } = await postToEndpoint(network, request);
  // Counted from the sending, so that a slow response never makes a token look younger than it is.
  return readToken(response, { name, sentAt });
}

/**
 * Asks the platform whose token this is (wire §2).
 *
 * @throws {LatchkeyError} `token_request_failed`, `unexpected_response`, `timeout` or `network`
 */
export async function requestTokenInfo(network: Network, apiUrl: ApiUrl, token: string): Promise<TokenInfo> {
  const name = "The token-info request";
  const request = { url: apiUrl.tokenInfoEndpoint, name, message: { token }, secrets: [token] };
  const { response } = await postToEndpoint(network, request);
  const info = parseObject(response.text);
  if (typeof info.active === "boolean") return info as unknown as TokenInfo;
  throw unexpected(
    response,
    `${name} was answered with status ${response.status} but without a word about it.`,
  );
}

function tokenMessage(appId: string, secret: string, subject: TokenSubject): TokenRequest {
  const narrowed = subject.scopes === undefined ? {} : { scope: subject.scopes.join(" ") };
  if ("accessToken" in subject) {
    const { accessToken } = subject;
    // Whose token it is stands in the token.
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
  /** Whether it is to exchange the token of a page. Default: false */
  readonly isPageToken?: boolean;
  readonly secrets: readonly string[];
}

/** @returns the response, which is a success, and when its question was sent, in epoch milliseconds */
async function postToEndpoint(
  network: Network,
  { url, name, message, isPageToken = false, secrets }: EndpointRequest,
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
  const response = await sendWithRetries(network, { idempotent: true, signal: undefined }, () => {
    sentAt = network.clock.now();
    return attemptOnce(network, attempt);
  });
  if (response.status < 200 || response.status > 299)
    throw tokenError({ response, name, secrets }, isPageToken);
  return { response, sentAt };
}

function readToken(
  response: BufferedResponse,
  sent: { readonly name: string; readonly sentAt: number },
): IssuedToken {
  const { access_token, token_type, expires_in } = parseObject(response.text);
  const bearer = token_type === undefined || (typeof token_type === "string" && /^bearer$/i.test(token_type));
  if (!isToken(access_token) || !bearer) {
    throw unexpected(
      response,
      `${sent.name} was answered with status ${response.status} but without a bearer token.`,
    );
  }
  const lifetime = lifetimeMs(expires_in);
  return { token: access_token, lifetimeMs: lifetime, expiresAt: sent.sentAt + lifetime };
}

/** The body is left out: it may hold a token in a place where nobody expects one. */
function unexpected(response: BufferedResponse, what: string): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${what} Check that apiUrl is the URL of the platform and not of something in front of it.`,
    { status: response.status, requestId: requestIdOf(response.headers, []) },
  );
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
