import { ApiError } from "../errors/index.ts";

/** The context of a request. */
export interface Exchange {
  /** Created by the server for each request and sent with the response. An incoming request id is ignored. */
  readonly requestId: string;
  /** Address of the peer. */
  readonly clientAddress: string;
  /** The route that serves the request, set by the router. */
  route?: MatchedRoute;
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

/** A JSON response whose body is JSON text already. */
export function jsonTextResponse(
  text: string,
  options: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(text, {
    status: options.status ?? 200,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...options.headers,
    },
  });
}
