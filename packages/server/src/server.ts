import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { repeat, systemClock } from "./clock/index.ts";
import type { Platform } from "./platform.ts";

/** A platform that listens. */
export interface RunningServer {
  /** Where it listens. */
  readonly port: number;
  /** Stops accepting, lets requests in progress end for at most `graceMs` milliseconds (default 10,000), closes. */
  stop(graceMs?: number): Promise<void>;
}

/** Where to listen, and how. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /**
   * Puts faster twins of `Request` and `Response` into the process's globals; default false. For a process that does
   * nothing but serve.
   */
  readonly ownsProcess?: boolean;
  /** How long a request may take to arrive, its body too, in milliseconds; default 15,000. */
  readonly requestTimeoutMs?: number;
}

const headersTimeout = 10_000;
const defaultRequestTimeout = 15_000;
const keepAliveTimeout = 65_000;
/** How often the bounds above are looked at. */
const connectionsCheckingInterval = 1_000;
const defaultGraceMs = 10_000;
const idleCheckMs = 20;

/** Puts a platform on a socket, with bounds on how long a client may take. Every answer carries its request id. */
export async function listen(platform: Platform, options: ListenOptions): Promise<RunningServer> {
  const requestTimeout = options.requestTimeoutMs ?? defaultRequestTimeout;
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      const requestId = platform.newRequestId();
      outgoing.setHeader("x-request-id", requestId);
      outgoing.setHeader("x-wix-request-id", requestId);
      return platform.fetch(request, { requestId, clientAddress: incoming.socket.remoteAddress ?? "" });
    },
    overrideGlobalObjects: options.ownsProcess ?? false,
    serverOptions: {
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      keepAliveTimeout,
      connectionsCheckingInterval,
    },
  }) as Server;
  server.on("clientError", answerBrokenRequest);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs = defaultGraceMs) => stop(server, graceMs),
  };
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // The machine's own time, whatever the platform's clock shows.
  const force = systemClock.after(graceMs, () => server.closeAllConnections());
  // A client keeps its connection open after the last answer; it would hold up the stop for the whole grace.
  const work = async (): Promise<void> => server.closeIdleConnections();
  const stopClosing = repeat(systemClock, idleCheckMs, { work, onError: () => {} });
  await closed;
  force.cancel();
  await stopClosing();
}

/** What is not HTTP, or takes too long, gets a status line and no more. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") return;
  const status = brokenRequestStatus(error.code);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function brokenRequestStatus(code: string | undefined): number {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  return code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
}
