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
  /** Whether only loopback names may call. */
  readonly loopbackOnly: boolean;
}

/** What every request passes before and after its route: the check of `Host`, errors, counting. */
export function createRequestPipeline(deps: Dependencies, endpoint: Endpoint): Endpoint {
  const { log, loopbackOnly, metrics } = deps;
  return async (request, exchange) => {
    let response: Response;
    try {
      if (loopbackOnly && !callsLoopback(request)) throw new ApiError("MISDIRECTED_REQUEST");
      response = await endpoint(request, exchange);
    } catch (error) {
      response = answerError(error, exchange.requestId, log);
    }
    metrics.responses.inc({ status: `${Math.floor(response.status / 100)}xx` });
    return response;
  };
}

function answerError(error: unknown, requestId: string, log: Log): Response {
  const { body, headers, status } = apiErrorReply(error);
  if (status >= 500) log.error({ requestId, status, ...describeError(error) }, "request failed");
  else log.debug({ requestId, status, ...describeError(error) }, "request refused");
  return jsonResponse(body, { status, headers });
}

/** Keeps pages of the web from reaching a developer's machine by a name of their own (DNS rebinding). */
function callsLoopback(request: Request): boolean {
  const host = request.headers.get("host") ?? "";
  // A page cannot leave `Host` out.
  if (host === "") return isProbe(new URL(request.url).pathname);
  return isLoopback(host.replace(/:\d+$/, ""));
}
