import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse, oauthErrorReply } from "../../../infrastructure/http/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";

/** A route whose errors have the form of RFC 6749 §5.2. */
export interface OAuthRoute extends Omit<Route, "tag" | "respond"> {
  readonly oauthErrors: NonNullable<Route["oauthErrors"]>;
  readonly endpoint: Endpoint;
}

/** Returns the route that responds with OAuth errors. The log has the reason, which callers do not get. */
export function oauthRoute(log: Log, { endpoint, ...route }: OAuthRoute): Route {
  return {
    ...route,
    tag: "Tokens",
    async respond({ exchange, request }) {
      try {
        return await endpoint(request, exchange);
      } catch (error) {
        const { body, headers, status } = oauthErrorReply(error);
        const reason = error instanceof OAuthError ? { reason: error.reason } : describeError(error);
        const level = status < 500 ? "info" : "error";
        log[level]({ requestId: exchange.requestId, status, ...reason }, "OAuth request refused");
        return jsonResponse(body, { status, headers: { pragma: "no-cache", ...headers } });
      }
    },
  };
}
