import { nextTurn } from "../../../infrastructure/clock/index.ts";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import {
  type Endpoint,
  type Exchange,
  jsonResponse,
  oauthErrorReply,
} from "../../../infrastructure/http/index.ts";
import { describeError } from "../../../infrastructure/observability/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** A route whose errors have the form of RFC 6749 §5.2. */
export interface OAuthRoute extends Omit<Route, "tag" | "respond"> {
  readonly oauthErrors: NonNullable<Route["oauthErrors"]>;
  readonly endpoint: Endpoint;
}

/** Returns the route that responds with OAuth errors. Callers do not get their reason: the token log and the log have it. */
export function oauthRoute(deps: TokenDependencies, { endpoint, ...route }: OAuthRoute): Route {
  return {
    ...route,
    tag: "Tokens",
    async respond({ exchange, request }) {
      try {
        return await endpoint(request, exchange);
      } catch (error) {
        const { body, headers, status } = oauthErrorReply(error);
        // Recorded after the response, so that its time does not show whether the app exists.
        void nextTurn().then(() => record(deps, route, { error, exchange, status }));
        return jsonResponse(body, { status, headers: { pragma: "no-cache", ...headers } });
      }
    },
  };
}

function record(
  { log, usage }: TokenDependencies,
  { access, method, path }: Pick<Route, "access" | "method" | "path">,
  { error, exchange, status }: { error: unknown; exchange: Exchange; status: number },
): void {
  const { caller, requestId } = exchange;
  if (error instanceof OAuthError && access.kind === "client") {
    const { reason } = error;
    usage.refused({ requestId, kind: "client", route: `${method} ${path}`, reason, caller });
    return;
  }
  const level = status < 500 ? "debug" : "error";
  log[level]({ requestId, status, ...describeError(error) }, "OAuth request failed");
}
