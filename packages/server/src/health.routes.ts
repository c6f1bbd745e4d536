import { Hono } from "hono";
import { sql } from "kysely";
import { isLoopback } from "./config.ts";
import type { Database } from "./db/index.ts";
import { ApiError } from "./errors/index.ts";
import { type HttpEnv, jsonResponse, mount } from "./http/index.ts";
import { type Authenticate, requireScope } from "./management/index.ts";
import type { Metrics } from "./observability/index.ts";

interface Sources {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
  readonly authenticate: Authenticate;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can serve. `/metrics`: Prometheus text; off loopback with a key that has
 * the scope `metrics:read`.
 */
export function healthRoutes(sources: Sources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  mount(routes, ["GET", "/healthz"], async () => jsonResponse({ status: "ok" }));
  mount(routes, ["GET", "/readyz"], async () => {
    if (sources.isDraining()) throw new ApiError("UNAVAILABLE", { headers: { "retry-after": "5" } });
    await sql`select 1 from platform`.execute(sources.database.read);
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

/** Whether a request was made on this machine, as far as one can see: a proxy here says that it asks for others. */
function isOurs(request: Request, clientAddress: string): boolean {
  const forwarded = request.headers.has("x-forwarded-for") || request.headers.has("forwarded");
  return !forwarded && isLoopback(clientAddress.replace(/^::ffff:/, ""));
}
