import { timingSafeEqual } from "node:crypto";
import { isGuid } from "@latchkey/protocol";
import type { SecurityColumns } from "../../../infrastructure/database/index.ts";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Exchange, readAuthorization } from "../../../infrastructure/http/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { decodeFormText, requireParameter, type TokenParameters } from "./token-parameters.ts";

/** The credentials in a request (RFC 6749 §2.3.1). */
export interface ClientCredentials {
  /** The id as the client sent it. It is never part of a response. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly viaHeader: boolean;
}

/** A stored secret and its app. Every field is null when they were not found. */
export interface StoredClient extends SecurityColumns {
  readonly app_id: string | null;
  readonly enabled: number | null;
  readonly secret_id: string | null;
  readonly digest: string | null;
  readonly expires_at: number | null;
  readonly compromised_at: number | null;
}

/**
 * Reads the client's id and secret from the body (`client_secret_post`) or the header (`client_secret_basic`). Throws
 * `invalid_request` when they are missing or in both, and `invalid_client` when the header is malformed.
 */
export function readClientCredentials(headers: Headers, parameters: TokenParameters): ClientCredentials {
  if (!headers.has("authorization")) {
    const clientId = requireParameter(parameters, "client_id");
    return { clientId, clientSecret: requireParameter(parameters, "client_secret"), viaHeader: false };
  }
  const basic = readBasic(headers);
  if (parameters.has("client_secret")) {
    throw new OAuthError("invalid_request", "Send the secret in the header or in the body, not in both.");
  }
  const bodyId = parameters.get("client_id");
  if (bodyId !== undefined && bodyId !== basic.clientId) {
    throw new OAuthError("invalid_request", "The header and the body name different clients.");
  }
  return basic;
}

/**
 * Reads the credentials at endpoints only for clients (RFC 7662 §2.1). Throws `invalid_client` when there are none, and
 * the errors of {@link readClientCredentials}.
 */
export function requireCredentials(headers: Headers, parameters: TokenParameters): ClientCredentials {
  const inBody = parameters.has("client_id") && parameters.has("client_secret");
  if (!headers.has("authorization") && !inBody) throw notAuthenticated();
  return readClientCredentials(headers, parameters);
}

/** Returns the id for the query. An invalid id takes the same path as an unknown one. */
export function lookupId(credentials: ClientCredentials): string {
  return isGuid(credentials.clientId) ? credentials.clientId : "";
}

/** A client that is authenticated. */
export type AuthenticatedClient<Row extends StoredClient> = Row & { readonly app_id: string };

/**
 * Authenticates a client. Every failure takes the same steps and throws the same error; the token log of the app has the
 * reason.
 *
 * Throws `invalid_client`.
 *
 * @param presented the request, its credentials, and a digest of their secret for each master key
 */
export function checkClient<Row extends StoredClient>(
  { clock, failedAuthentications }: Pick<TokenDependencies, "clock" | "failedAuthentications">,
  stored: Row,
  presented: { credentials: ClientCredentials; digests: readonly string[]; exchange: Exchange },
): asserts stored is AuthenticatedClient<Row> {
  const { credentials, exchange } = presented;
  // The caller has no instance yet, because the request has not proven it.
  exchange.caller = stored.app_id === null ? undefined : { appId: stored.app_id };
  const matches = presented.digests.filter((digest) => sameDigest(digest, stored.digest ?? "")).length === 1;
  const reason = failureOf(stored, matches, clock.now());
  if (reason === undefined) return;
  const retryAfter = matches ? undefined : failedAuthentications.count(lookupId(credentials), exchange);
  throw wrongCredentials(credentials, { reason, retryAfter });
}

/** @param failure.retryAfter above the limit of failures: seconds until the next response that is not 429 */
export function wrongCredentials(
  { viaHeader }: Pick<ClientCredentials, "viaHeader">,
  failure: { reason: string; retryAfter: string | undefined },
): OAuthError {
  const { reason, retryAfter } = failure;
  if (retryAfter === undefined) {
    return new OAuthError("invalid_client", "The client is unknown or its secret is wrong.", {
      reason,
      headers: viaHeader ? { "www-authenticate": basicRealm } : {},
    });
  }
  return new OAuthError(
    "invalid_client",
    "The client is unknown or its secret is wrong, too many times. The right secret is accepted at once.",
    { reason, status: 429, headers: { "retry-after": retryAfter } },
  );
}

function failureOf(stored: StoredClient, matches: boolean, now: number): string | undefined {
  if (stored.app_id === null) return "unknown_app";
  if (!matches) return "wrong_secret";
  if (stored.compromised_at !== null) return "secret_compromised";
  if (stored.expires_at !== null && stored.expires_at <= now) return "secret_expired";
  return stored.enabled === 1 ? undefined : "app_disabled";
}

function sameDigest(presented: string, stored: string): boolean {
  return timingSafeEqual(Buffer.from(presented), Buffer.from(stored.padEnd(presented.length, "-")));
}

const basicRealm = 'Basic realm="latchkey"';
const strictBase64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Reads HTTP Basic. Any other `Authorization` is a failed authentication (RFC 6749 §5.2). */
function readBasic(headers: Headers): ClientCredentials {
  const authorization = readAuthorization(headers);
  if (authorization?.scheme !== "basic" || !strictBase64.test(authorization.value)) throw notAuthenticated();
  const text = Buffer.from(authorization.value, "base64").toString("utf8");
  // A client id that is a URI may come unescaped; no secret has a colon.
  const separator = text.lastIndexOf(":");
  if (separator === -1) throw notAuthenticated();
  try {
    const clientId = decodeFormText(text.slice(0, separator));
    return { clientId, clientSecret: decodeFormText(text.slice(separator + 1)), viaHeader: true };
  } catch {
    throw notAuthenticated();
  }
}

function notAuthenticated(): OAuthError {
  return new OAuthError(
    "invalid_client",
    "Authenticate with HTTP Basic, or with client_id and client_secret in the body.",
    { headers: { "www-authenticate": basicRealm } },
  );
}
