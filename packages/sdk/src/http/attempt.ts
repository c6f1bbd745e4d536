import type { Clock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";
import { abortedError, throwIfAborted } from "./abort.ts";
import { redactLine, sanitisedCause } from "./redact.ts";

/** What one HTTP try needs of its surroundings. */
export interface Network {
  /** Made by `createUncachedFetch`. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Milliseconds that one try may take. */
  readonly timeoutMs: number;
}

/** One HTTP try. */
export interface Attempt<Result> {
  readonly url: string;
  readonly init: RequestInit;
  /** In place of those of `init`. */
  readonly headers: HeadersInit;
  readonly signal: AbortSignal | undefined;
  /** How errors name the request, such as `POST /oauth2/token`. */
  readonly name: () => string;
  /** What must not appear in an error. */
  readonly secrets: readonly string[];
  /** Takes what it needs from the response while the time runs. */
  readonly read: (response: Response) => Result | Promise<Result>;
}

/** What a try brought when it is read to its end. */
export interface BufferedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Reads a response to its end. */
export async function bufferResponse(response: Response): Promise<BufferedResponse> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/**
 * Sends a request once and follows no redirect, since that would carry the token to another place.
 *
 * @throws {LatchkeyError} `timeout`, `network`, `aborted`, or `unexpected_response` for a redirect
 * @throws what a framework throws in place of a response to control how it renders
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
    // The caller's signal goes to fetch too, for it also stops a body that is still arriving when this is over.
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

/** Next.js throws such an error to render a page later, and must get it back as it is. */
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
  // Browsers hide a redirect behind a response of this type without status.
  if (response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status)) {
    void response.body?.cancel().catch(() => undefined);
    throw redirectError(attempt, response);
  }
  return attempt.read(response);
}

/** The id under which the server logged a request. */
export function requestIdOf(headers: Headers, secrets: readonly string[]): string | undefined {
  const id = headers.get("x-request-id") ?? headers.get("x-wix-request-id");
  return id === null ? undefined : redactLine(id, secrets);
}

function redirectError(attempt: Attempt<unknown>, response: Response): LatchkeyError {
  return new LatchkeyError(
    "unexpected_response",
    `${attempt.name()} was answered with a redirect, which is not followed so that no secret or token goes elsewhere. ` +
      "Set apiUrl to the final URL.",
    { status: response.status || undefined, requestId: requestIdOf(response.headers, attempt.secrets) },
  );
}

function timeoutError(name: string, timeoutMs: number): LatchkeyError {
  return new LatchkeyError(
    "timeout",
    `${name} had no response within ${timeoutMs} ms. Try again, or raise the option timeoutMs.`,
    { retryable: true },
  );
}

function networkError(attempt: Attempt<unknown>, error: unknown): LatchkeyError {
  const cause = sanitisedCause(error, attempt.secrets);
  const why = [cause, cause?.cause].flatMap((each) =>
    each instanceof Error && each.message ? [each.message] : [],
  );
  return new LatchkeyError(
    "network",
    `${attempt.name()} could not be sent or its response not read${why.length === 0 ? "" : ` (${why.join(": ")})`}. ` +
      "Check that the platform is running and that apiUrl is right.",
    { retryable: true, cause },
  );
}
