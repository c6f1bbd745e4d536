import { hash } from "node:crypto";
import { z } from "zod";
import { requireMinting, type TokenDependencies } from "../features/tokens/index.ts";
import { ApiError } from "../infrastructure/errors/index.ts";
import { isLoopback, jsonResponse } from "../infrastructure/http/index.ts";
import { type Authenticate, requireScope } from "../infrastructure/management/index.ts";
import type { Metrics } from "../infrastructure/observability/index.ts";
import type { Route } from "../infrastructure/routes/index.ts";

interface Dependencies {
  readonly tokens: TokenDependencies;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  readonly authenticate: Authenticate;
  readonly development: boolean;
}

/**
 * `/healthz`: the process responds. `/readyz`: it can mint tokens and is not stopping; otherwise 503 `UNAVAILABLE` with
 * `Retry-After`. `/metrics`: Prometheus text; needs an API key with the scope `metrics:read`.
 */
export function healthRoutes(deps: Dependencies): readonly Route[] {
  const scrapers = new ScrapeKeys(deps.authenticate);
  const probe = { method: "GET", access: { kind: "anyone" }, tag: "Operation" } as const;
  return [
    {
      ...probe,
      path: "/healthz",
      operationId: "getHealth",
      summary: "Check that the process responds",
      responses: {
        200: { description: "The process responds", schema: z.object({ status: z.literal("ok") }) },
      },
      respond: async () => jsonResponse({ status: "ok" }),
    },
    {
      ...probe,
      path: "/readyz",
      operationId: "getReadiness",
      summary: "Check that the process can serve",
      responses: {
        200: { description: "The process can serve", schema: z.object({ status: z.literal("ready") }) },
      },
      async respond() {
        if (deps.isDraining()) throw notReady(5, { message: "The server is stopping; use another process." });
        await requireMinting(deps.tokens).catch((cause: unknown) => {
          throw notReady(1, { message: cannotMint, cause });
        });
        return jsonResponse({ status: "ready" });
      },
    },
    {
      ...probe,
      path: "/metrics",
      access: { kind: "api-key", scope: "metrics:read" },
      operationId: "getMetrics",
      summary: "Get metrics in the text format of Prometheus",
      description: "In development, requests from the same machine need no key.",
      responses: {
        200: { description: "The metrics", schema: z.string(), contentType: "text/plain" },
      },
      async respond({ exchange, request }) {
        if (!deps.development || !isFromThisMachine(request, exchange.clientAddress))
          await scrapers.require({ exchange, request });
        const { registry } = deps.metrics;
        return new Response(await registry.metrics(), {
          headers: { "content-type": registry.contentType, "cache-control": "no-store" },
        });
      },
    },
  ];
}

/** Checks the API keys of requests for metrics. While the database is unavailable, it accepts the key accepted last. */
class ScrapeKeys {
  readonly #authenticate: Authenticate;
  /** Hash of the header that was accepted last. */
  #accepted: string | undefined;

  constructor(authenticate: Authenticate) {
    this.#authenticate = authenticate;
  }

  /** Throws `UNAUTHENTICATED`, `PERMISSION_DENIED`, and `UNAVAILABLE` for a key other than the one accepted last. */
  async require(call: Parameters<Authenticate>[0]): Promise<void> {
    const sent = hash("sha256", call.request.headers.get("authorization") ?? "");
    try {
      requireScope(await this.#authenticate(call), "metrics:read");
      this.#accepted = sent;
    } catch (error) {
      const unavailable = error instanceof ApiError && error.code === "UNAVAILABLE";
      if (unavailable && sent === this.#accepted) return;
      if (sent === this.#accepted) this.#accepted = undefined;
      throw error;
    }
  }
}

const cannotMint =
  "The server cannot issue tokens now; its log has the reason. Use another process, or try again.";

/** @param retryAfter seconds */
function notReady(retryAfter: number, options: { message: string; cause?: unknown }): ApiError {
  return new ApiError("UNAVAILABLE", { ...options, headers: { "retry-after": String(retryAfter) } });
}

/** Whether a request comes from this machine and not through a proxy. */
function isFromThisMachine(request: Request, clientAddress: string): boolean {
  const forwarded = request.headers.has("x-forwarded-for") || request.headers.has("forwarded");
  return !forwarded && isLoopback(clientAddress.replace(/^::ffff:/, ""));
}
