import { hasLatchkeyPrefix } from "@latchkey/protocol";
import { monotonicSeconds, pause, systemClock } from "../../infrastructure/clock/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { isLoopback } from "../../infrastructure/http/index.ts";

/** The app whose tokens are migrated, and its platform. */
export interface MigratedApp {
  readonly appId: string;
  readonly appSecret: string;
  /** Origin of the platform, such as `https://www.wixapis.com`. */
  readonly apiUrl: string;
}

/** A response, or undefined when none came or the platform cannot respond now. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request with JSON. */
interface SentRequest {
  /** Default: `POST`. */
  readonly method?: "POST" | "PATCH";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

const attempts = 4;
const timeoutMs = 15_000;
const maxWaitSeconds = 60;

/** Sends requests to the platform, at most `rate` in one second, and repeats those that it could not process. */
export class PlatformClient {
  readonly app: MigratedApp;
  readonly #interval: number;
  #next = 0;

  /** Throws `invalid_configuration` for a URL that would expose the secret. */
  constructor(app: MigratedApp, rate: number) {
    this.app = { ...app, apiUrl: requireSafe(app) };
    this.#interval = 1 / rate;
  }

  /** Returns undefined when the platform does not respond, or responds 429 or 5xx, several times in a row. */
  async send(path: string, request: SentRequest): Promise<Reply | undefined> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await this.#turn();
      const { reply, waitSeconds } = await this.#sendOnce(path, request);
      if (reply !== undefined) return reply;
      if (attempt < attempts) await pause(Math.min(waitSeconds ?? attempt ** 2 / 4, maxWaitSeconds));
    }
    return undefined;
  }

  async #sendOnce(
    path: string,
    { body, headers, method = "POST" }: SentRequest,
  ): Promise<{ reply?: Reply; waitSeconds?: number }> {
    const timeout = new AbortController();
    const timer = systemClock.after(timeoutMs, () => timeout.abort());
    try {
      const response = await fetch(this.app.apiUrl + path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        redirect: "error",
        signal: timeout.signal,
      });
      const text = await response.text();
      const { status } = response;
      if (status !== 429 && status < 500) return { reply: { status, body: parseObject(text) } };
      const after = response.headers.get("retry-after");
      return after !== null && /^\d+$/.test(after) ? { waitSeconds: Number(after) } : {};
    } catch {
      return {};
    } finally {
      timer.cancel();
    }
  }

  /** Waits until the next request may be sent. */
  async #turn(): Promise<void> {
    const now = monotonicSeconds();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#interval;
    if (at > now) await pause(at - now);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function requireSafe({ apiUrl, appSecret }: MigratedApp): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === undefined || !isSafe) {
    throw new OperatorError(
      "invalid_configuration",
      "LATCHKEY_URL must be an https URL, or http on loopback.",
    );
  }
  if (hasLatchkeyPrefix(appSecret) && /(^|\.)wixapis\.com$/.test(url.hostname)) {
    throw new OperatorError(
      "invalid_configuration",
      "APP_SECRET is of a Latchkey platform. Set LATCHKEY_URL to it.",
    );
  }
  return url.origin;
}
