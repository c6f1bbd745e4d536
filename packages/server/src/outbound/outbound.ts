import { isIP } from "node:net";
import { Agent } from "undici";
import type { Clock } from "../clock/index.ts";
import { type AddressRange, refusalOf } from "./addresses.ts";
import {
  type Connect,
  connectByNetwork,
  createConnector,
  type Resolve,
  resolveByNetwork,
} from "./connector.ts";
import { describeFailure, OutboundError, type OutboundFailure } from "./failures.ts";
import { readBody } from "./read-body.ts";
import { hostOf, violationOf } from "./target.ts";

/** Sends requests to addresses that strangers chose. */
export interface Outbound {
  /** One POST: no redirect is followed, nothing is tried twice, and it never rejects. */
  post(request: OutboundRequest): Promise<OutboundResult>;
  /**
   * What is wrong with a URL that is to be called later, as the end of a sentence that begins with the name of its
   * field; undefined when nothing is. A name is looked up, and may still have no address.
   */
  violationOf(url: string): Promise<string | undefined>;
  /** Ends what is on its way, and every connection. */
  close(): Promise<void>;
}

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds for all of it: resolving, connecting, sending, headers and body of the answer. */
  readonly timeoutMs: number;
}

export type OutboundResult =
  | {
      readonly outcome: "answer";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** At most 64 KiB of it. */
      readonly body: string;
      /** Whether there was more, which was not read. */
      readonly truncated: boolean;
      readonly durationMs: number;
    }
  | {
      readonly outcome: "failure";
      readonly failure: OutboundFailure;
      /** For people: nothing of what was sent is in it. */
      readonly detail: string;
      readonly durationMs: number;
    };

export interface OutboundSources {
  readonly clock: Clock;
  /** Private addresses that may be reached. */
  readonly allowed: readonly AddressRange[];
  /** Stand in for name servers and sockets in tests. */
  readonly resolve?: Resolve;
  readonly connect?: Connect;
}

const connectionsPerOrigin = 128;
const maxHeaderBytes = 16_384;
const idleMs = 4_000;

/** Makes the one way out of the platform; connections are kept open and shared. */
export function createOutbound(sources: OutboundSources): Outbound {
  const { allowed, clock, connect = connectByNetwork, resolve = resolveByNetwork(sources.allowed) } = sources;
  const agent = new Agent({
    connect: createConnector({ allowed, clock, connect, resolve }),
    connections: connectionsPerOrigin,
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: idleMs,
    // Time is bounded as a whole, by the clock that tests move.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const closing = new AbortController();

  const exchange = async (request: OutboundRequest, signal: AbortSignal): Promise<OutboundResult> => {
    const startedAt = clock.now();
    const violation = violationOf(request.url, allowed);
    if (violation !== undefined) throw new OutboundError("address_refused", `The URL ${violation}`);
    const url = new URL(request.url);
    const answer = await agent.request({
      ...{ origin: url.origin, path: url.pathname + url.search, method: "POST", signal },
      ...{ headers: request.headers, body: request.body },
    });
    const { text, truncated } = await readBody(answer.body);
    const durationMs = clock.now() - startedAt;
    const headers = plainHeaders(answer.headers);
    return { outcome: "answer", status: answer.statusCode, headers, body: text, truncated, durationMs };
  };

  return {
    violationOf: async (url) =>
      violationOf(url, allowed) ?? (await resolvedViolation(url, { allowed, resolve })),
    async post(request) {
      const startedAt = clock.now();
      const ending = new AbortController();
      const end = (failure: OutboundFailure, detail: string): void =>
        ending.abort(new OutboundError(failure, detail));
      const stop = (): void => end("reset", "The platform is stopping");
      const timer = clock.after(request.timeoutMs, () =>
        end("timeout", `No complete answer came within ${request.timeoutMs} ms`),
      );
      closing.signal.addEventListener("abort", stop);
      if (closing.signal.aborted) stop();
      try {
        // A request that waits for its connection does not hear its signal, so that is asked here too.
        return await Promise.race([exchange(request, ending.signal), aborted(ending.signal)]);
      } catch (error) {
        const cause = ending.signal.aborted ? ending.signal.reason : error;
        return { outcome: "failure", ...describeFailure(cause), durationMs: clock.now() - startedAt };
      } finally {
        timer.cancel();
        closing.signal.removeEventListener("abort", stop);
      }
    },
    async close() {
      closing.abort();
      await agent.destroy();
    },
  };
}

async function resolvedViolation(
  text: string,
  { allowed, resolve }: { allowed: readonly AddressRange[]; resolve: Resolve },
): Promise<string | undefined> {
  const url = new URL(text);
  const host = hostOf(url);
  if (isIP(host) !== 0) return undefined;
  const addresses = await resolve(host).catch(() => []);
  const refusals = addresses.map((address) =>
    refusalOf(address, { allowed, secure: url.protocol === "https:" }),
  );
  const refusal = refusals.find((one) => one !== undefined);
  return refusal === undefined ? undefined : `must not be called: ${refusal}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}
