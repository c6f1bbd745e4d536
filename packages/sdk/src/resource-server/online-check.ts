import type { JsonObject } from "@latchkey/protocol";
import { createBoundedCache } from "../bounded-cache.ts";
import { LatchkeyError } from "../errors.ts";
import {
  attemptOnce,
  type BufferedResponse,
  bufferResponse,
  type Network,
  requestIdOf,
} from "../http/attempt.ts";
import { isSameIssuer } from "../http/issuer.ts";
import { parseObject } from "../http/json.ts";
import type { Access } from "./access.ts";
import { unauthenticated, unavailable } from "./access-refused.ts";
import type { TokenCheck } from "./verify-token.ts";

/** The dependencies of an online check. */
export interface OnlineCheckDependencies {
  readonly issuer: string;
  readonly audience: string;
  readonly network: Network;
  /** The URL of the introspection endpoint. */
  readonly endpoint: string;
  readonly apiKey: string;
  /** The maximum number of cached tokens. */
  readonly cacheSize: number;
  /** Verifies a token offline. */
  verify(token: string): Promise<unknown>;
}

/**
 * The time for which a result is cached, from the start of the request. A revoked token is rejected after this time.
 */
export const cacheMs = 1_000;

/** The maximum number of concurrent requests. Further tokens get 503, so that a flood does not reach the platform. */
const maxRequests = 256;

const requestName = "POST /oauth2/introspect";

interface CachedResult {
  /** Undefined for a token that is not active. */
  readonly access: Access | undefined;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly validUntil: number;
}

/**
 * Checks tokens with the introspection endpoint (RFC 7662), after their signature and expiry. The result is cached for
 * one second.
 */
export function createOnlineCheck(dependencies: OnlineCheckDependencies): TokenCheck {
  const { clock } = dependencies.network;
  const cache = createBoundedCache<CachedResult>(dependencies.cacheSize);
  const pending = new Map<string, Promise<CachedResult>>();

  const introspectOnce = (token: string): Promise<CachedResult> => {
    const running = pending.get(token);
    if (running !== undefined) return running;
    if (pending.size >= maxRequests) throw unavailable(tooManyRequests());
    const request = introspectWithRetry(dependencies, token)
      .then((result) => {
        cache.set(token, result);
        return result;
      })
      .finally(() => pending.delete(token));
    pending.set(token, request);
    return request;
  };
  const findCached = (token: string): CachedResult | undefined => {
    const cached = cache.get(token);
    const now = clock.now();
    return cached !== undefined && now >= cached.requestedAt && now < cached.validUntil ? cached : undefined;
  };
  return async (token) => {
    let result = findCached(token);
    if (result === undefined) {
      await dependencies.verify(token);
      // Another request can have cached the result in the meantime.
      result = findCached(token) ?? (await introspectOnce(token));
    }
    if (result.access === undefined) throw unauthenticated("inactive");
    return result.access;
  };
}

/** Retries once after a network error, because the platform can close an idle connection at the moment of its reuse. */
async function introspectWithRetry(
  dependencies: OnlineCheckDependencies,
  token: string,
): Promise<CachedResult> {
  try {
    return await introspect(dependencies, token).catch((error) => {
      if (LatchkeyError.is(error, "network")) return introspect(dependencies, token);
      throw error;
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/** Sends one introspection request. */
async function introspect(dependencies: OnlineCheckDependencies, token: string): Promise<CachedResult> {
  const { apiKey, endpoint, network } = dependencies;
  const requestedAt = network.clock.now();
  const response = await attemptOnce(network, {
    url: endpoint,
    init: { method: "POST", body: JSON.stringify({ token }) },
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    signal: undefined,
    name: () => requestName,
    secrets: [apiKey, token],
    read: bufferResponse,
  });
  if (response.status !== 200) throw introspectionError(response);
  const body = parseObject(response.text) ?? {};
  const validUntil = requestedAt + cacheMs;
  if (body.active === false) return { access: undefined, requestedAt, validUntil };
  const access = readAccess(body, dependencies);
  if (access === undefined) {
    throw unexpected(
      response,
      "but the token information does not match this API. Check issuer and audience",
    );
  }
  return { access, requestedAt, validUntil: Math.min(validUntil, Number(body.exp) * 1_000) };
}

function readAccess(body: JsonObject, expected: OnlineCheckDependencies): Access | undefined {
  const { active, aud, client_id, exp, instance_id, iss, permissions, scope, site_id } = body;
  const ours = active === true && isSameIssuer(expected.issuer, iss) && aud === expected.audience;
  const whole = [client_id, instance_id, site_id, scope].every((text) => typeof text === "string");
  const listed = Array.isArray(permissions) && permissions.every((one) => typeof one === "string");
  if (!ours || !whole || !listed || typeof exp !== "number") return undefined;
  return {
    appId: String(client_id),
    instanceId: String(instance_id),
    siteId: String(site_id),
    scopes: String(scope) === "" ? [] : String(scope).split(" "),
    permissions,
  };
}

function tooManyRequests(): LatchkeyError {
  return new LatchkeyError(
    "rate_limited",
    `${requestName} is not sent, because ${maxRequests} requests are pending. Check whether the platform responds slowly.`,
    { retryable: true },
  );
}

function introspectionError(response: BufferedResponse): LatchkeyError {
  const { headers, status } = response;
  if (status !== 401 && status !== 403) {
    return unexpected(
      response,
      "so the token could not be checked. Try again later; if the error persists, look up the request ID in the platform's log",
    );
  }
  return new LatchkeyError(
    "unauthenticated",
    `${requestName} failed with status ${status}. ` +
      "Check that apiKey has the scope tokens:introspect, is bound to this audience, and was not deleted.",
    { status, requestId: requestIdOf(headers, []) },
  );
}

function unexpected({ headers, status }: BufferedResponse, what: string): LatchkeyError {
  const retryable = status === 429 || status >= 500;
  return new LatchkeyError(
    retryable ? "server_error" : "unexpected_response",
    `${requestName} returned status ${status}, ${what}.`,
    { status, requestId: requestIdOf(headers, []), retryable },
  );
}
