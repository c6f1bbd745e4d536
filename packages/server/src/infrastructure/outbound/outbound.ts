import { isIP } from "node:net";
import { Agent, type buildConnector } from "undici";
import { createCache } from "../cache/index.ts";
import type { Clock } from "../clock/index.ts";
import { type Log, type OutgoingRequest, tracePost } from "../observability/index.ts";
import { type AddressRange, addressViolation } from "./addresses.ts";
import { type Connect, connectToNetwork, createConnector, isBrokenReuse } from "./connector.ts";
import { describeFailure, OutboundError, type OutboundFailure } from "./failures.ts";
import { readBody } from "./read-body.ts";
import { type Resolve, resolveByDns } from "./resolve.ts";
import { hostOf, violationOf } from "./target.ts";

/** Sends requests to URLs that app developers chose. */
export interface Outbound {
  /**
   * Sends one POST without redirects. It is sent again only when a reused connection breaks before the response begins,
   * which happens when an endpoint closes an idle connection at that moment. Never rejects.
   */
  post(request: OutboundRequest): Promise<OutboundResult>;
  /**
   * Describes why a URL may not be called, as a sentence that lacks the name of its field; undefined when it may. The
   * host name is resolved; it may still have no address.
   */
  violationOf(url: string): Promise<string | undefined>;
  /** Ends requests in progress and closes every connection. */
  close(): Promise<void>;
}

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for the whole request: resolving, connecting, sending, headers and body of the response. */
  readonly timeoutMs: number;
  /** How much of the response body is read. Default: 65,536. */
  readonly maxBytes?: number;
  /** The span of the request. Default: `POST`. */
  readonly span?: OutgoingRequest["span"];
}

export type OutboundResult =
  | {
      readonly outcome: "response";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** At most `maxBytes`. */
      readonly body: string;
      /** Whether the body was longer. */
      readonly truncated: boolean;
      readonly durationMs: number;
    }
  | {
      readonly outcome: "failure";
      readonly failure: OutboundFailure;
      /** A text for people, without data of the request. */
      readonly detail: string;
      readonly durationMs: number;
    };

export interface OutboundDependencies {
  readonly clock: Clock;
  /** Private addresses that may be called. */
  readonly allowed: readonly AddressRange[];
  /** Gets the addresses of refused names, which responses and the delivery log do not show. */
  readonly log: Log;
  /** Tests replace DNS and sockets. */
  readonly resolve?: Resolve;
  readonly connect?: Connect;
}

const connectionsPerOrigin = 256;
const maxHeaderBytes = 16_384;
const idleMs = 4_000;

/** Creates the only HTTP client of the platform for app endpoints. Connections are kept open and reused. */
export function createOutbound(deps: OutboundDependencies): Outbound {
  const { allowed, clock, connect = connectToNetwork, log, resolve = resolveByDns(deps.allowed) } = deps;
  const { pooled, unpooled } = createAgents(createConnector({ allowed, clock, connect, log, resolve }));
  // Only the URL is cached. Its host name is resolved and checked on each connection.
  const targets = createCache<string, Target>({
    maxEntries: 10_000,
    bytes: { max: 16 * 1_024 * 1_024, sizeOf: ({ path }, url) => 64 + 2 * (url.length + path.length) },
  });
  const running = new Set<(failure: OutboundError) => void>();
  let closed = false;

  const exchange = async (request: OutboundRequest, signal: AbortSignal): Promise<OutboundResult> => {
    const startedAt = clock.now();
    const { origin, path, violation } = targets.getOrCreate(request.url, () =>
      checkTarget(request.url, allowed),
    );
    if (violation !== undefined) throw new OutboundError("address_refused", `The URL ${violation}`);
    const { body, headers } = request;
    const sent = { origin, path, method: "POST", signal, headers, body } as const;
    const response = await pooled.request(sent).catch((error: unknown) => {
      if (!isBrokenReuse(error)) throw error;
      return unpooled.request(sent);
    });
    const length = response.headers["content-length"];
    const { text, truncated } = await readBody(response.body, {
      length,
      maxBytes: request.maxBytes ?? 65_536,
    });
    return {
      outcome: "response",
      status: response.statusCode,
      headers: joinHeaders(response.headers),
      body: text,
      truncated,
      durationMs: clock.now() - startedAt,
    };
  };

  const send = (request: OutboundRequest): Promise<OutboundResult> => {
    const startedAt = clock.now();
    const ending = new AbortController();
    // undici ignores the signal while a request waits for its connection, so the promise is also settled here.
    return new Promise((done) => {
      const settle = (result: OutboundResult): void => {
        timer.cancel();
        running.delete(end);
        done(result);
      };
      const fail = (error: unknown): void =>
        settle({ outcome: "failure", ...describeFailure(error), durationMs: clock.now() - startedAt });
      const end = (failure: OutboundError): void => {
        fail(failure);
        ending.abort(failure);
      };
      const timer = clock.after(request.timeoutMs, () =>
        end(new OutboundError("timeout", `No complete response came within ${request.timeoutMs} ms`)),
      );
      running.add(end);
      if (closed) end(stopping());
      else exchange(request, ending.signal).then(settle, fail);
    });
  };

  return {
    violationOf: async (url) =>
      violationOf(url, allowed) ?? (await resolvedViolation(url, { allowed, log, resolve })),
    post: (request) => tracePost(request, send),
    async close() {
      closed = true;
      for (const end of [...running]) end(stopping());
      await Promise.all([pooled.destroy(), unpooled.destroy()]);
    },
  };
}

/** An agent that keeps connections open, and one that opens a connection for each request. */
function createAgents(connect: buildConnector.connector): { pooled: Agent; unpooled: Agent } {
  const options = {
    connect,
    connections: connectionsPerOrigin,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: idleMs,
    // `timeoutMs` limits the whole request, by the clock that tests control.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  return {
    pooled: new Agent({ ...options, pipelining: 1 }),
    unpooled: new Agent({ ...options, pipelining: 0 }),
  };
}

function stopping(): OutboundError {
  return new OutboundError("reset", "The platform is stopping");
}

/** A parsed URL, and why it may not be called. */
interface Target {
  readonly origin: string;
  readonly path: string;
  readonly violation: string | undefined;
}

function checkTarget(text: string, allowed: readonly AddressRange[]): Target {
  const violation = violationOf(text, allowed);
  if (violation !== undefined) return { origin: "", path: "", violation };
  const { origin, pathname, search } = new URL(text);
  return { origin, path: pathname + search, violation };
}

async function resolvedViolation(
  text: string,
  { allowed, log, resolve }: { allowed: readonly AddressRange[]; log: Log; resolve: Resolve },
): Promise<string | undefined> {
  const url = new URL(text);
  const host = hostOf(url);
  if (isIP(host) !== 0) return undefined;
  const addresses = await resolve(host).catch(() => []);
  const secure = url.protocol === "https:";
  for (const address of addresses) {
    const violation = addressViolation(address, { allowed, secure });
    if (violation === undefined) continue;
    log.info({ host, address }, "a URL is refused for the address of its name");
    return `must not be called: the address of its name ${violation}`;
  }
  return undefined;
}

/** Joins repeated headers with commas. */
function joinHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}
