import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A whole response of a Latchkey server. */
export interface SentResponse {
  readonly method: string;
  /** The path of the request; empty for bytes that never became a request. */
  readonly path: string;
  readonly status: number;
  /** Without parameters; empty when the response has no `content-type`. */
  readonly contentType: string;
  readonly body: string;
}

const guid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

/**
 * Calls `onResponse` with every response that a Latchkey server of this process sends to a client that is still there.
 * Such a server gives each response one GUID as `x-request-id` and `x-wix-request-id`; no other server of the tests does.
 */
export function observeServers(onResponse: (response: SentResponse) => void): void {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    collectBody(response, (body) => {
      if (request.socket.destroyed) return;
      if (!isOurs(response.getHeader("x-request-id"), response.getHeader("x-wix-request-id"))) return;
      // A fault responds as a test says.
      if (response.hasHeader("x-latchkey-fault")) return;
      onResponse({
        method: request.method ?? "",
        path: pathOf(request.url ?? ""),
        status: response.statusCode,
        contentType: mediaType(String(response.getHeader("content-type") ?? "")),
        body,
      });
    });
  });
  subscribe("net.server.socket", (message) => {
    observeSocket((message as { socket: Socket }).socket, onResponse);
  });
}

function isOurs(requestId: unknown, sameId: unknown): boolean {
  return requestId === sameId && typeof requestId === "string" && guid.test(requestId);
}

/** Reads what passes `write` and `end`, and hands over all of it at the end. */
function collectBody(response: ServerResponse, onEnd: (body: string) => void): void {
  const chunks: Buffer[] = [];
  const collect = (chunk: unknown): void => {
    if (typeof chunk === "string") chunks.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const { end, write } = response;
  response.write = ((...args: unknown[]) => {
    collect(args[0]);
    return Reflect.apply(write, response, args);
  }) as typeof write;
  response.end = ((...args: unknown[]) => {
    response.write = write;
    response.end = end;
    collect(args[0]);
    const result = Reflect.apply(end, response, args);
    onEnd(Buffer.concat(chunks).toString());
    return result;
  }) as typeof end;
}

/** Reads the responses that the server writes to the socket by hand: to bytes that are not HTTP, too many or too slow. */
function observeSocket(socket: Socket, onResponse: (response: SentResponse) => void): void {
  const { end } = socket;
  socket.end = ((...args: unknown[]) => {
    const [text] = args;
    if (typeof text === "string" && text.startsWith("HTTP/1.1 ")) {
      const response = readRawResponse(text);
      if (response) onResponse(response);
    }
    return Reflect.apply(end, socket, args);
  }) as typeof end;
}

function readRawResponse(text: string): SentResponse | undefined {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const header = (name: string): string => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim() ?? "";
  if (!isOurs(header("x-request-id"), header("x-wix-request-id"))) return undefined;
  const contentType = mediaType(header("content-type"));
  return { method: "", path: "", status: Number(head.split(" ")[1]), contentType, body };
}

function mediaType(contentType: string): string {
  return contentType.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The path of an origin-form or absolute-form request target. */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*/, "").replace(/[?#].*$/, "");
}
