import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { ApiError, type ApiErrorCode } from "../errors/index.ts";
import { apiErrorReply } from "./error-response.ts";
import { jsonResponse, requestIdHeaders } from "./exchange.ts";

const errorCodes: Readonly<Record<string, ApiErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
};

/** The response to a request that reaches no endpoint. It closes the connection. */
export function closingErrorResponse(error: unknown): Response {
  const { body, headers, status } = apiErrorReply(error);
  return jsonResponse(body, { status, headers: { ...headers, connection: "close" } });
}

/** The error of a client whose bytes are not HTTP, too many, or too slow. */
export function brokenRequest({ code = "" }: { code?: string }): ApiError | undefined {
  return code === "ECONNRESET" ? undefined : new ApiError(errorCodes[code] ?? "MALFORMED_REQUEST");
}

/** Writes an error to a connection on which no request has arrived, and closes it. */
export function refuseConnection(socket: Duplex, error: ApiError, requestId: string): void {
  if (!socket.writable) return;
  const { body, headers: ownHeaders, status } = apiErrorReply(error);
  const text = JSON.stringify(body);
  const headers = {
    ...Object.fromEntries(jsonResponse(body, { status, headers: ownHeaders }).headers),
    ...requestIdHeaders(requestId),
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", text].join("\r\n"));
}
