import { Hono } from "hono";
import { ApiError } from "../infrastructure/errors/index.ts";
import {
  apiErrorReply,
  type Exchange,
  type HttpEnv,
  isProbe,
  jsonResponse,
} from "../infrastructure/http/index.ts";
import { describeError, type Log, type Metrics } from "../infrastructure/observability/index.ts";
import { isLoopback } from "./config.ts";

interface Sources {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether only loopback names may call. */
  readonly loopbackOnly: boolean;
}

/** What every request passes first and every answer last: the check of the name that was called, errors, counting. */
export function createFrontDoor(sources: Sources, mountRoutes: (routes: Hono<HttpEnv>) => void) {
  const { log, metrics } = sources;
  const routes = new Hono<HttpEnv>();
  mountRoutes(routes);
  routes.notFound(() => {
    throw new ApiError("NOT_FOUND");
  });
  routes.onError((error, c) => answerError(error, c.env.requestId, log));

  return async (request: Request, exchange: Exchange): Promise<Response> => {
    const response = await (sources.loopbackOnly && !callsLoopback(request)
      ? answerError(new ApiError("MISDIRECTED_REQUEST"), exchange.requestId, log)
      : routes.fetch(request, exchange));
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
