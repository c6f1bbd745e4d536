import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import { repeat, systemClock } from "../infrastructure/clock/index.ts";
import { ApiError } from "../infrastructure/errors/index.ts";
import {
  brokenRequest,
  ClientNetworks,
  ConnectionCount,
  type ConnectionLimits,
  closingErrorResponse,
  createResponseClass,
  defaultConnectionLimits,
  PipelinedRequests,
  RequestBodies,
  refuseConnection,
  requestIdHeaders,
  requireHost,
  requireUnambiguousPath,
  UnreadResponses,
} from "../infrastructure/http/index.ts";
import type { AddressRange } from "../infrastructure/outbound/index.ts";
import type { Platform } from "./platform.ts";

/** A platform that listens on a socket. */
export interface RunningServer {
  /** The port it listens on. */
  readonly port: number;
  /** Stops accepting connections, waits up to `graceMs` milliseconds (default 10,000) for requests, and closes. */
  stop(graceMs?: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /**
   * Whether to replace the global `Request` and `Response` by faster ones, for a process that only runs the server.
   * Default false.
   */
  readonly ownsProcess?: boolean;
  /** How long a request with its body may take to arrive, in milliseconds; default 15,000. */
  readonly requestTimeoutMs?: number;
  readonly limits?: Partial<ConnectionLimits>;
  /** Proxies whose `X-Forwarded-For` counts. Default: none. */
  readonly trustedProxies?: readonly AddressRange[];
}

const headersTimeout = 10_000;
const defaultRequestTimeout = 15_000;
const keepAliveTimeout = 65_000;
const connectionsCheckingInterval = 1_000;
const defaultGraceMs = 10_000;
const idleCheckMs = 20;

/** Listens on a socket, with timeouts for requests. Every response has a request id. */
export async function listen(platform: Platform, options: ListenOptions): Promise<RunningServer> {
  const requestTimeout = options.requestTimeoutMs ?? defaultRequestTimeout;
  const fetch = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      requireHost(incoming);
      bodies.add(incoming, outgoing, networks.ofRequest(incoming));
      // `request.url` is already normalized.
      requireUnambiguousPath(incoming.url ?? "");
      const requestId = String(outgoing.getHeader("x-request-id"));
      return platform.fetch(request, {
        requestId,
        clientAddress: incoming.socket.remoteAddress ?? "",
        clientNetwork: () => networks.ofRequest(incoming),
        resetConnection: () => incoming.socket.resetAndDestroy(),
      });
    },
    {
      overrideGlobalObjects: options.ownsProcess ?? false,
      errorHandler: errorResponse,
      // Used in `request.url` when a request has no `Host`.
      hostname: "localhost",
    },
  );
  const limits = { ...defaultConnectionLimits, ...options.limits };
  const unread = new UnreadResponses(limits);
  const bodies = new RequestBodies(limits);
  const pipelined = new PipelinedRequests();
  const networks = new ClientNetworks(options.trustedProxies ?? []);
  const server = createServer(
    {
      ServerResponse: createResponseClass((response) => {
        unread.add(response, { address: networks.ofRequest(response.req), now: systemClock.now() });
      }),
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      keepAliveTimeout,
      connectionsCheckingInterval,
      // `requireHost` checks it: Node would respond without a request id, reject probes, and ignore a second `Host`.
      requireHostHeader: false,
      joinDuplicateHeaders: true,
    },
    (incoming, outgoing) => {
      for (const [name, value] of Object.entries(requestIdHeaders(platform.newRequestId()))) {
        outgoing.setHeader(name, value);
      }
      pipelined.add(incoming, outgoing, () => void fetch(incoming, outgoing));
    },
  );
  // RFC 9110 §10.1.1: an unknown expectation may be ignored.
  server.on("checkExpectation", (incoming, outgoing) => server.emit("request", incoming, outgoing));
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    const broken = brokenRequest(error);
    if (broken !== undefined) refuseConnection(socket, broken, platform.newRequestId());
  });
  const connections = new ConnectionCount(limits);
  server.on("connection", (socket) => {
    const address = networks.ofConnection(socket);
    const error = connections.open(address);
    if (error === undefined) socket.once("close", () => connections.release(address));
    else refuseConnection(socket, error, platform.newRequestId());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  const stopDisconnecting = repeat(systemClock, connectionsCheckingInterval, {
    work: async () => unread.disconnectSlow(systemClock.now()),
    onError: () => {},
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop(graceMs = defaultGraceMs) {
      await stop(server, graceMs);
      await stopDisconnecting();
    },
  };
}

/** Responds to an invalid URL or host, an ambiguous path and unexpected errors. */
function errorResponse(error: unknown): Response {
  return closingErrorResponse(error instanceof RequestError ? new ApiError("MALFORMED_REQUEST") : error);
}

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Real time, also when the clock of the platform is moved.
  const force = systemClock.after(graceMs, () => server.closeAllConnections());
  // Clients keep connections open after the last response, which would delay the stop.
  const work = async (): Promise<void> => server.closeIdleConnections();
  const stopClosing = repeat(systemClock, idleCheckMs, { work, onError: () => {} });
  await closed;
  force.cancel();
  await stopClosing();
}
