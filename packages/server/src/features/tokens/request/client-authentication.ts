import { timingSafeEqual } from "node:crypto";
import { isGuid } from "@latchkey/protocol";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { readAuthorization } from "../../../infrastructure/http/index.ts";
import { decodeFormText, requireParameter, type TokenParameters } from "./token-parameters.ts";

/** What a client presented (RFC 6749 §2.3.1). */
export interface ClientCredentials {
  /** As sent; at most a lookup key, never put into an answer. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly viaHeader: boolean;
}

/** The part of a stored secret that decides, as a store found it; all null when it found nothing. */
export interface StoredClient {
  readonly app_id: string | null;
  readonly enabled: number | null;
  readonly secret_id: string | null;
  readonly digest: string | null;
  readonly expires_at: number | null;
  readonly compromised_at: number | null;
}

/** A client that proved who it is. */
export interface Client {
  readonly appId: string;
  readonly secretId: string;
}

/**
 * Reads the client's id and secret from the body (`client_secret_post`) or the header (`client_secret_basic`).
 *
 * Throws `invalid_request` when they are missing or given both ways, `invalid_client` when the header is unreadable.
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

/** Throws `invalid_client` when nobody tries to authenticate: for endpoints that serve none but clients (RFC 7662 §2.1). */
export function requireCredentials(headers: Headers, parameters: TokenParameters): void {
  const inBody = parameters.has("client_id") && parameters.has("client_secret");
  if (!headers.has("authorization") && !inBody) throw notAuthenticated();
}

/** Under which id a client is looked up: text that is no id finds nothing, by the same path as an unknown id. */
export function lookupId(credentials: ClientCredentials): string {
  return isGuid(credentials.clientId) ? credentials.clientId : "";
}

/**
 * Decides whether the client is who it says. Every refusal takes the same steps and reads the same; the reason that
 * tells them apart goes to the app's own log.
 *
 * Throws `invalid_client`.
 *
 * @param digests of the presented secret, one for each master key
 */
export function checkClient(
  stored: StoredClient,
  presented: { credentials: ClientCredentials; digests: readonly string[] },
  now: number,
): Client {
  const matches = presented.digests.filter((digest) => sameDigest(digest, stored.digest ?? "")).length === 1;
  const reason = refusal(stored, matches, now);
  if (reason !== undefined) {
    throw new OAuthError("invalid_client", "The client is unknown or its secret is wrong.", {
      reason,
      headers: presented.credentials.viaHeader ? { "www-authenticate": basicRealm } : {},
    });
  }
  return { appId: stored.app_id ?? "", secretId: stored.secret_id ?? "" };
}

function refusal(stored: StoredClient, matches: boolean, now: number): string | undefined {
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

/** An `Authorization` that is no readable HTTP Basic, or several, is a failed authentication (RFC 6749 §5.2). */
function readBasic(headers: Headers): ClientCredentials {
  const authorization = readAuthorization(headers);
  if (authorization?.scheme !== "basic" || !strictBase64.test(authorization.value)) throw notAuthenticated();
  const text = Buffer.from(authorization.value, "base64").toString("utf8");
  const separator = text.indexOf(":");
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
