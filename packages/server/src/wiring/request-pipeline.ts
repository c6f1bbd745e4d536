import { ApiError } from "../infrastructure/errors/index.ts";
import {
  apiErrorReply,
  type Endpoint,
  isLoopback,
  isProbe,
  jsonResponse,
} from "../infrastructure/http/index.ts";
import { describeError, type Log, type Metrics } from "../infrastructure/observability/index.ts";

interface Dependencies {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether `Host` must be a loopback name. */
  readonly loopbackOnly: boolean;
  /** Other names that `Host` may have then. */
  readonly devHosts: readonly string[];
}

/** Wraps the router: checks `Host`, converts errors to responses, and counts responses. */
export function createRequestPipeline(deps: Dependencies, endpoint: Endpoint): Endpoint {
  const { devHosts, log, loopbackOnly, metrics } = deps;
  return async (request, exchange) => {
    let response: Response;
    try {
      if (loopbackOnly && !hasOwnHost(request, devHosts)) throw new ApiError("MISDIRECTED_REQUEST");
      response = await endpoint(request, exchange);
    } catch (error) {
      response = errorResponse(error, exchange.requestId, log);
    }
    metrics.responses.inc({ status: `${Math.floor(response.status / 100)}xx` });
    return response;
  };
}

function errorResponse(error: unknown, requestId: string, log: Log): Response {
  const { body, headers, status } = apiErrorReply(error);
  if (status >= 500) log.error({ requestId, status, ...describeError(error) }, "request failed");
  else log.debug({ requestId, status, ...describeError(error) }, "request rejected");
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
