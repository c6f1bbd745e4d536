import { bufferResponse } from "./http/attempt.ts";
import { parseSuccess } from "./http/json.ts";
import { apiError } from "./http/response-error.ts";

/** A request of a module's method. */
export interface ApiRequest {
  readonly method: string;
  /** The path below the API URL, starting with a slash. */
  readonly path: string;
  /** The query string, without the question mark. Default: none. */
  readonly query?: string;
  /** The body, sent as JSON. Default: none. */
  readonly body?: unknown;
  /** Whether the request can be repeated safely. Idempotent requests are retried when their outcome is unknown. */
  readonly idempotent: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends the requests of a module as one instance. */
export interface ApiCaller {
  /**
   * Sends a request and returns the parsed JSON of the response.
   *
   * @throws {LatchkeyError} for every response that is not a success
   */
  call(request: ApiRequest): Promise<unknown>;
}

/** Options of a single call. */
export interface CallOptions {
  /** Cancels the call with the code `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** The member of our client that sends requests with retries. The third-party client does not have it. */
export const ownCaller: unique symbol = Symbol.for("@latchkey/sdk/caller") as never;

/** The part of a client that our modules need. The third-party client has it too. */
export interface ApiHost {
  /** Sends a request to a path of the platform's API, with the access token. */
  wixAPIFetch(relativeUrl: string, options: RequestInit): Promise<Response>;
  readonly [ownCaller]?: ApiCaller;
}

/** Returns the sender for a module that is bound to `host`. */
export function callerOf(host: ApiHost): ApiCaller {
  // Resolved at each call, because the third-party client first calls each function without a host.
  return { call: (request) => host[ownCaller]?.call(request) ?? callThirdParty(host, request) };
}

/** Sends the request once through the third-party client, which has its own tokens and does not retry. */
async function callThirdParty(
  host: ApiHost,
  { method, path, query, body, signal }: ApiRequest,
): Promise<unknown> {
  const name = `${method} ${path}`;
  const response = await host.wixAPIFetch(query === undefined ? path : `${path}?${query}`, {
    method,
    // The third-party client adds this header in the same spelling. A different spelling would send it twice.
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const received = { response: await bufferResponse(response), name, secrets: [] };
  if (!response.ok) throw apiError(received);
  return parseSuccess(received);
}
