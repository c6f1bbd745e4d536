import { monotonicSeconds } from "../infrastructure/clock/index.ts";
import { ApiError } from "../infrastructure/errors/index.ts";
import {
  apiErrorReply,
  type ClientNetworks,
  type Endpoint,
  type Exchange,
  isLoopback,
  isProbe,
  jsonResponse,
} from "../infrastructure/http/index.ts";
import { type Log, type Metrics, traceRequest } from "../infrastructure/observability/index.ts";
import { logRequest } from "./request-log.ts";

interface Dependencies {
  readonly log: Log;
  readonly metrics: Metrics;
  /** In development, `Host` must be a loopback name. */
  readonly development: boolean;
  /** Other names that `Host` may have then. */
  readonly devHosts: readonly string[];
  /** Knows the proxies whose `traceparent` counts. */
  readonly networks: ClientNetworks;
}

/** The labels of requests that no route serves. */
const unmatched = { path: "unmatched", method: "other" };

/** Wraps the router: checks `Host`, converts errors to responses, and measures requests. */
export function createRequestPipeline(deps: Dependencies, endpoint: Endpoint): Endpoint {
  const { development, devHosts, log, metrics, networks } = deps;
  const respond: Endpoint = async (request, exchange) => {
    const startedAt = monotonicSeconds();
    let response: Response;
    try {
      if (development && !hasOwnHost(request, devHosts)) throw new ApiError("MISDIRECTED_REQUEST");
      response = await endpoint(request, exchange);
    } catch (error) {
      exchange.error = error;
      response = errorResponse(error, exchange);
    }
    const status = `${Math.floor(response.status / 100)}xx`;
    const { method, path } = exchange.route ?? unmatched;
    metrics.responses.inc({ status });
    const duration = monotonicSeconds() - startedAt;
    metrics.requestDuration.observe({ route: path, method, status }, duration);
    const durationMs = Math.round(duration * 1_000);
    logRequest({ development, log }, exchange, {
      request,
      status: response.status,
      durationMs,
    });
    return response;
  };
  return (request, exchange) => {
    const isTrusted = (): boolean => development || networks.isTrusted(exchange.clientAddress);
    return traceRequest(
      { request, isTrusted },
      () => respond(request, exchange),
      () => exchange.route?.path,
    );
  };
}

function errorResponse(error: unknown, { requestId, route }: Exchange): Response {
  const isWire = route?.access.kind === "access-token";
  const { body, headers, status } = apiErrorReply(error, isWire ? undefined : requestId);
  return jsonResponse(body, { status, headers });
}

/** Prevents DNS rebinding: a web page must not reach a development server by a host name of its own. */
function hasOwnHost(request: Request, devHosts: readonly string[]): boolean {
  const host = request.headers.get("host") ?? "";
  // Browsers always send `Host`.
  if (host === "") return isProbe(new URL(request.url).pathname);
  const name = host.replace(/:\d+$/, "");
  return isLoopback(name) || devHosts.includes(name.toLowerCase());
}
