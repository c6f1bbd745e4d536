import { isIP } from "node:net";
import { Agent } from "undici";
import { createMemo } from "../cache/index.ts";
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
  /** How much of the answer's body is read, in bytes. Default: 65,536. */
  readonly mostBytes?: number;
}

export type OutboundResult =
  | {
      readonly outcome: "answer";
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** As much as was asked for. */
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

export interface OutboundDependencies {
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
export function createOutbound(deps: OutboundDependencies): Outbound {
  const { allowed, clock, connect = connectByNetwork, resolve = resolveByNetwork(deps.allowed) } = deps;
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
  const targets = createTargets(allowed);
  const running = new Set<(failure: OutboundError) => void>();
  let closed = false;

  const exchange = async (request: OutboundRequest, signal: AbortSignal): Promise<OutboundResult> => {
    const startedAt = clock.now();
    const { origin, path, violation } = targets.of(request.url);
    if (violation !== undefined) throw new OutboundError("address_refused", `The URL ${violation}`);
    const { body, headers } = request;
    const answer = await agent.request({ origin, path, method: "POST", signal, headers, body });
    const length = answer.headers["content-length"];
    const { text, truncated } = await readBody(answer.body, {
      length,
      mostBytes: request.mostBytes ?? 65_536,
    });
    const durationMs = clock.now() - startedAt;
    const plain = plainHeaders(answer.headers);
    return {
      outcome: "answer",
      status: answer.statusCode,
      headers: plain,
      body: text,
      truncated,
      durationMs,
    };
  };

  return {
    violationOf: async (url) =>
      violationOf(url, allowed) ?? (await resolvedViolation(url, { allowed, resolve })),
    post(request) {
      const startedAt = clock.now();
      const ending = new AbortController();
      // A request that waits for its connection does not hear its signal, so that it is ended here too.
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
          end(new OutboundError("timeout", `No complete answer came within ${request.timeoutMs} ms`)),
        );
        running.add(end);
        if (closed) end(stopping());
        else exchange(request, ending.signal).then(settle, fail);
      });
    },
    async close() {
      closed = true;
      for (const end of [...running]) end(stopping());
      await agent.destroy();
    },
  };
}

function stopping(): OutboundError {
  return new OutboundError("reset", "The platform is stopping");
}

/** A URL taken apart, and whether it may be called. */
interface CheckedTarget {
  readonly origin: string;
  readonly path: string;
  readonly violation: string | undefined;
}

const keptTargets = 10_000;

/** What was found of a URL is kept; where its name leads is looked at on each connection. */
function createTargets(allowed: readonly AddressRange[]): { of(url: string): CheckedTarget } {
  const known = createMemo<string, CheckedTarget>(keptTargets);
  const check = (text: string): CheckedTarget => {
    const violation = violationOf(text, allowed);
    const url = violation === undefined ? new URL(text) : undefined;
    return { origin: url?.origin ?? "", path: url ? url.pathname + url.search : "", violation };
  };
  return { of: (text) => known(text, () => check(text)) };
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

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}
