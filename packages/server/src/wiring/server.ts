import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import { repeat, systemClock } from "../infrastructure/clock/index.ts";
import { ApiError } from "../infrastructure/errors/index.ts";
import {
  brokenRequest,
  clientNetwork,
  lastResponse,
  refuseConnection,
  requestIdHeaders,
  requireHost,
  requireUnambiguousPath,
} from "../infrastructure/http/index.ts";
import {
  ConnectionCount,
  type ConnectionLimits,
  createResponseClass,
  defaultConnectionLimits,
  UnreadResponses,
} from "./connection-limits.ts";
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
  readonly limits?: Partial<ConnectionLimits>;
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
  const fetch = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      requireHost(incoming);
      // `request.url` is already normalised.
      requireUnambiguousPath(incoming.url ?? "");
      const requestId = String(outgoing.getHeader("x-request-id"));
      return platform.fetch(request, { requestId, clientAddress: incoming.socket.remoteAddress ?? "" });
    },
    {
      overrideGlobalObjects: options.ownsProcess ?? false,
      errorHandler: answerUnheard,
      // The host in `request.url` when a request has no `Host`.
      hostname: "localhost",
    },
  );
  const limits = { ...defaultConnectionLimits, ...options.limits };
  const unread = new UnreadResponses(limits);
  const server = createServer(
    {
      ServerResponse: createResponseClass((response) => {
        unread.add(response, { address: clientNetwork(response.req.socket), now: systemClock.now() });
      }),
      headersTimeout: Math.min(headersTimeout, requestTimeout),
      requestTimeout,
      keepAliveTimeout,
      connectionsCheckingInterval,
      // `requireHost` decides: Node would refuse without a request id, probes too, and ignore a second `Host`.
      requireHostHeader: false,
      joinDuplicateHeaders: true,
    },
    (incoming, outgoing) => {
      for (const [name, value] of Object.entries(requestIdHeaders(platform.newRequestId()))) {
        outgoing.setHeader(name, value);
      }
      void fetch(incoming, outgoing);
    },
  );
  // RFC 9110 §10.1.1: an expectation that we do not know may be ignored.
  server.on("checkExpectation", (incoming, outgoing) => server.emit("request", incoming, outgoing));
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    const broken = brokenRequest(error);
    if (broken !== undefined) refuseConnection(socket, broken, platform.newRequestId());
  });
  const connections = new ConnectionCount(limits);
  server.on("connection", (socket) => {
    const address = clientNetwork(socket);
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

/** Answers an invalid address or host, an ambiguous path, and unexpected errors. */
function answerUnheard(error: unknown): Response {
  return lastResponse(error instanceof RequestError ? new ApiError("MALFORMED_REQUEST") : error);
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
