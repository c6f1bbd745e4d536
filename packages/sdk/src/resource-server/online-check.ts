import { createBoundedCache } from "../bounded-cache.ts";
import { LatchkeyError } from "../errors.ts";
import {
  attemptOnce,
  type BufferedResponse,
  bufferResponse,
  type Network,
  requestIdOf,
} from "../http/attempt.ts";
import { parseObject } from "../http/json.ts";
import type { Access } from "./access.ts";
import { unauthenticated, unavailable } from "./access-refused.ts";
import { type Expected, parseExpected, type TokenCheck } from "./token-check.ts";

/** The dependencies of an online check. */
export interface OnlineCheckDependencies extends Expected {
  readonly network: Network;
  /** The URL of the introspection endpoint. */
  readonly endpoint: string;
  readonly apiKey: string;
  /** The maximum number of cached tokens. */
  readonly cacheSize: number;
}

/**
 * The time for which a result is cached, from the start of the request. A revoked token is rejected after this time.
 */
export const cacheMs = 1_000;

const requestName = "POST /oauth2/introspect";

interface CachedAccess {
  readonly access: Access;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly validUntil: number;
}

/**
 * Checks tokens with the introspection endpoint (RFC 7662). The result for a valid token is cached for one second;
 * other results are not cached.
 */
export function createOnlineCheck(dependencies: OnlineCheckDependencies): TokenCheck {
  const { clock } = dependencies.network;
  const cache = createBoundedCache<CachedAccess>(dependencies.cacheSize);
  const pending = new Map<string, Promise<Access>>();

  const introspectOnce = async (token: string): Promise<Access> => {
    try {
      const cachedAccess = await introspectWithRetry(dependencies, token);
      if (cachedAccess === undefined) throw unauthenticated("inactive");
      cache.set(token, cachedAccess);
      return cachedAccess.access;
    } finally {
      pending.delete(token);
    }
  };
  return async (token) => {
    const cachedAccess = cache.get(token);
    const now = clock.now();
    if (cachedAccess !== undefined && now >= cachedAccess.requestedAt && now < cachedAccess.validUntil) {
      return cachedAccess.access;
    }
    parseExpected(token, dependencies);
    const request = pending.get(token) ?? introspectOnce(token);
    pending.set(token, request);
    return await request;
  };
}

/** Retries once after a network error, because the platform can close an idle connection at the moment of its reuse. */
async function introspectWithRetry(
  dependencies: OnlineCheckDependencies,
  token: string,
): Promise<CachedAccess | undefined> {
  try {
    return await introspect(dependencies, token).catch((error) => {
      if (LatchkeyError.is(error, "network")) return introspect(dependencies, token);
      throw error;
    });
  } catch (error) {
    throw unavailable(error);
  }
}

/**
 * Sends one introspection request.
 *
 * @returns undefined when the token is not valid
 */
async function introspect(
  dependencies: OnlineCheckDependencies,
  token: string,
): Promise<CachedAccess | undefined> {
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
  if (body.active === false) return undefined;
  const access = readAccess(body, dependencies);
  if (access === undefined) {
    throw unexpected(
      response,
      "but the token information does not match this API. Check issuer and audience",
    );
  }
  const validUntil = Math.min(requestedAt + cacheMs, Number(body.exp) * 1_000);
  return { access, requestedAt, validUntil };
}

function readAccess(body: Readonly<Record<string, unknown>>, expected: Expected): Access | undefined {
  const { active, aud, client_id, exp, instance_id, iss, permissions, scope, site_id } = body;
  const ours = active === true && iss === expected.issuer && aud === expected.audience;
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
