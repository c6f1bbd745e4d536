import { Hono } from "hono";
import { requireMinting, type TokenSources } from "../features/tokens/index.ts";
import { ApiError } from "../infrastructure/errors/index.ts";
import { type HttpEnv, jsonResponse, mount } from "../infrastructure/http/index.ts";
import type { Metrics } from "../infrastructure/observability/index.ts";
import { type Authenticate, requireScope } from "../infrastructure/routes/index.ts";
import { isLoopback } from "./config.ts";

interface Sources {
  readonly tokens: TokenSources;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  readonly authenticate: Authenticate;
}

/**
 * `/healthz`: the process answers. `/readyz`: it mints tokens and is not stopping; otherwise 503 `UNAVAILABLE` with
 * `Retry-After`. `/metrics`: Prometheus text; off loopback with a key that has the scope `metrics:read`.
 */
export function healthRoutes(sources: Sources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  mount(routes, ["GET", "/healthz"], async () => jsonResponse({ status: "ok" }));
  mount(routes, ["GET", "/readyz"], async () => {
    if (sources.isDraining()) throw notReady(5);
    await requireMinting(sources.tokens).catch((cause: unknown) => {
      throw notReady(1, cause);
    });
    return jsonResponse({ status: "ready" });
  });
  mount(routes, ["GET", "/metrics"], async (request, { clientAddress }) => {
    if (!isOurs(request, clientAddress)) requireScope(await sources.authenticate(request), "metrics:read");
    const { registry } = sources.metrics;
    return new Response(await registry.metrics(), {
      headers: { "content-type": registry.contentType, "cache-control": "no-store" },
    });
  });
  return routes;
}

/** @param retryAfter seconds */
function notReady(retryAfter: number, cause?: unknown): ApiError {
  return new ApiError("UNAVAILABLE", { cause, headers: { "retry-after": String(retryAfter) } });
}

/** Whether a request was made on this machine, as far as one can see: a proxy here says that it asks for others. */
function isOurs(request: Request, clientAddress: string): boolean {
  const forwarded = request.headers.has("x-forwarded-for") || request.headers.has("forwarded");
  return !forwarded && isLoopback(clientAddress.replace(/^::ffff:/, ""));
}
