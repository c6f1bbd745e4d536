import type { Clock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";
import { abortedError, throwIfAborted } from "./abort.ts";
import { redactLine, sanitisedCause } from "./redact.ts";

/** The dependencies of an HTTP attempt. */
export interface Network {
  /** Created by `createUncachedFetch`. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Returns a number from 0 to less than 1. */
  readonly random: () => number;
  /** The timeout of one attempt, in milliseconds. */
  readonly timeoutMs: number;
}

/** One HTTP attempt. */
export interface Attempt<Result> {
  readonly url: string;
  readonly init: RequestInit;
  /** Replaces the headers of `init`. */
  readonly headers: HeadersInit;
  readonly signal: AbortSignal | undefined;
  /** The name of the request in errors, such as `POST /oauth2/token`. */
  readonly name: () => string;
  /** Values that are redacted in errors. */
  readonly secrets: readonly string[];
  /** Reads the response within the timeout. */
  readonly read: (response: Response) => Result | Promise<Result>;
}

/** A response with its full body. */
export interface BufferedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Reads a response with its full body. */
export async function bufferResponse(response: Response): Promise<BufferedResponse> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * Sends a request once. It does not follow redirects, because that would send the token to another URL.
 *
 * @throws {LatchkeyError} `timeout`, `network`, `aborted`, or `unexpected_response` for a redirect
 * @throws the error that a framework throws to control rendering
 */
export function attemptOnce<Result>(network: Network, attempt: Attempt<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    throwIfAborted(attempt.signal);
    const controller = new AbortController();
    const fail = (error: LatchkeyError): void => {
      cleanUp();
      reject(error);
      controller.abort();
    };
    const abort = (): void => fail(abortedError());
    const timer = network.clock.after(network.timeoutMs, () =>
      fail(timeoutError(attempt.name(), network.timeoutMs)),
    );
    const cleanUp = (): void => {
      timer.cancel();
      attempt.signal?.removeEventListener("abort", abort);
    };
    attempt.signal?.addEventListener("abort", abort);
    // The caller's signal is passed to fetch too, so that it also stops a streamed body after this function returns.
    const signal =
      attempt.signal === undefined ? controller.signal : AbortSignal.any([attempt.signal, controller.signal]);
    exchange(network, attempt, signal).then(
      (result) => {
        cleanUp();
        resolve(result);
      },
      (error) => {
        cleanUp();
        reject(LatchkeyError.is(error) || isFrameworkSignal(error) ? error : networkError(attempt, error));
      },
    );
  });
}

/** Next.js throws an error with a `digest` to render a page later. It must receive this error unchanged. */
function isFrameworkSignal(error: unknown): boolean {
  return error instanceof Error && typeof (error as { digest?: unknown }).digest === "string";
}

async function exchange<Result>(
  network: Network,
  attempt: Attempt<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const { headers, init, url } = attempt;
  const response = await network.fetch(url, { ...init, headers, signal, redirect: "manual" });
  // Browsers report a redirect as an opaque response without a status.
  if (response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status)) {
    void response.body?.cancel().catch(() => undefined);
    throw redirectError(attempt, response);
  }
  return attempt.read(response);
}

/** Returns the request ID from the response headers. */
export function requestIdOf(headers: Headers, secrets: readonly string[]): string | undefined {
  const id = headers.get("x-request-id") ?? headers.get("x-wix-request-id");
  return id === null ? undefined : redactLine(id, secrets);
}

function redirectError(attempt: Attempt<unknown>, response: Response): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${attempt.name()} returned a redirect. Redirects are not followed, so that no secret or token is sent to another URL. ` +
      "Set apiUrl to the final URL.",
    { status: response.status || undefined, requestId: requestIdOf(response.headers, attempt.secrets) },
  );
}

function timeoutError(name: string, timeoutMs: number): LatchkeyError {
  return new LatchkeyError(
    "timeout",
    `${name} received no response within ${timeoutMs} ms. Try again, or increase timeoutMs.`,
    { retryable: true },
  );
}

function networkError(attempt: Attempt<unknown>, error: unknown): LatchkeyError {
  const cause = sanitisedCause(error, attempt.secrets);
  const why = [cause, cause?.cause].flatMap((each) =>
    each instanceof Error && each.message ? [each.message] : [],
  );
  const reasons = why.join(": ");
  // OpenSSL reads a response in plain text as a record of a wrong version or length.
  const isPlain = /wrong version number|packet length too long/.test(reasons);
  const advice = isPlain
    ? "The port speaks http, not https. Check the protocol and the port of apiUrl."
    : "Check that the platform is running and that apiUrl is correct.";
  return new LatchkeyError(
    "network",
    `${attempt.name()} failed, because the request could not be sent or the response could not be read${reasons && ` (${reasons})`}. ${advice}`,
    { retryable: !isPlain, cause },
  );
}
