import { ApiError } from "../errors/index.ts";

/** The app, and the instance if there is one, that the credential of a request belongs to. */
export interface Caller {
  readonly appId: string;
  readonly instanceId?: string;
}

/** The context of a request. */
export interface Exchange {
  /** Created by the server for each request and sent with the response. An incoming request id is ignored. */
  readonly requestId: string;
  /** Address of the peer. */
  readonly clientAddress: string;
  /** The network of the client, also behind trusted proxies. Absent in tests without a socket. */
  clientNetwork?(): string;
  /** Resets the connection without a response. Absent in tests without a socket. */
  resetConnection?(): void;
  /** The route that serves the request, set by the router. */
  route?: MatchedRoute;
  /** Set when the credential of the request is proven, also when it has expired or is revoked. */
  caller?: Caller | undefined;
  /** The error that the response describes, for the log. */
  error?: unknown;
}

/** What the pipeline needs of a route. */
export interface MatchedRoute {
  readonly method: string;
  readonly path: string;
  readonly access: { readonly kind: string };
}

/** The headers that carry the request id of every response. */
export function requestIdHeaders(requestId: string): Readonly<Record<string, string>> {
  return { "x-request-id": requestId, "x-wix-request-id": requestId };
}

/** Most bytes of items in the response of a list. */
export const maxListBytes: number = 4 * 1_024 * 1_024;

/** The error for an item that is larger than {@link maxListBytes}. */
export function itemTooLarge(bytes: number): ApiError {
  return new ApiError("ITEM_TOO_LARGE", {
    message: `One item of the list has ${bytes} bytes; a response has at most ${maxListBytes}.`,
    data: { bytes, limit: maxListBytes },
  });
}

/** A handler: `Request` in, `Response` out. */
export type Endpoint = (request: Request, exchange: Exchange) => Promise<Response>;

/** A JSON response with `Cache-Control: no-store`. */
export function jsonResponse(
  body: unknown,
  options: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return jsonTextResponse(JSON.stringify(body), options);
}

/** A JSON response whose body is JSON text already, as a string or in UTF-8. */
export function jsonTextResponse(
  text: string | Uint8Array<ArrayBuffer>,
  options: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(text, {
    status: options.status ?? 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(text)),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...options.headers,
    },
  });
}
