import { bufferResponse } from "./http/attempt.ts";
import { apiError } from "./http/response-error.ts";
import { parseSuccess } from "./http/success.ts";

/** What a method of a module asks of the client that it is bound to. */
export interface ApiRequest {
  readonly method: string;
  /** Path under the API's URL, beginning with a slash. */
  readonly path: string;
  /** What follows the question mark. Default: nothing. */
  readonly query?: string;
  /** Sent as JSON. Default: no body. */
  readonly body?: unknown;
  /** Whether doing it twice does what doing it once does; such calls are retried when their fate is unknown. */
  readonly idempotent: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a module's requests as one instance of an app. */
export interface ApiCaller {
  /** @returns the JSON of a success; every other end is a `LatchkeyError` */
  call(request: ApiRequest): Promise<unknown>;
}

/** How a call may be stopped. */
export interface CallOptions {
  /** Ends the call at once with code `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** Where our client keeps what sends requests with retries; the third-party client has nothing there. */
export const ownCaller: unique symbol = Symbol.for("@latchkey/sdk/caller") as never;

/** As much of a client as methods of our modules need; the third-party client shows this and more. */
export interface ApiHost {
  /** Sends to a path of the platform's API, with the access token. */
  wixAPIFetch(relativeUrl: string, options: RequestInit): Promise<Response>;
  readonly [ownCaller]?: ApiCaller;
}

/** What sends the requests of a module that `host` was shown to. */
export function callerOf(host: ApiHost): ApiCaller {
  // Asked at the call, since the third-party client tries each function without a host first.
  return { call: (request) => host[ownCaller]?.call(request) ?? callThirdParty(host, request) };
}

/** Sends by the third-party client, once: it has tokens of its own, and does not repeat what fails. */
async function callThirdParty(
  host: ApiHost,
  { method, path, query, body, signal }: ApiRequest,
): Promise<unknown> {
  const name = `${method} ${path}`;
  const response = await host.wixAPIFetch(query === undefined ? path : `${path}?${query}`, {
    method,
    // Spelled as the third-party client spells it, which would else send it twice.
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const received = { response: await bufferResponse(response), name, secrets: [] };
  if (!response.ok) throw apiError(received);
  return parseSuccess(received);
}
