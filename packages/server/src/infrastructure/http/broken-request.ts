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
  const { body, status } = apiErrorReply(error);
  return jsonResponse(body, { status, headers: { connection: "close" } });
}

/** Writes an error response to a socket when Node could not parse a request, or did not receive it in time. */
export function respondToBrokenRequest(
  socket: Duplex,
  { code = "", requestId }: { code: string | undefined; requestId: string },
): void {
  if (!socket.writable || code === "ECONNRESET") return;
  const { body, status } = apiErrorReply(new ApiError(errorCodes[code] ?? "MALFORMED_REQUEST"));
  const text = JSON.stringify(body);
  const headers = {
    ...Object.fromEntries(jsonResponse(body, { status }).headers),
    ...requestIdHeaders(requestId),
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", text].join("\r\n"));
}
