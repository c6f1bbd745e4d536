import { nextTurn } from "../../../infrastructure/clock/index.ts";
import { OAuthError } from "../../../infrastructure/errors/index.ts";
import {
  type Endpoint,
  type Exchange,
  jsonResponse,
  oauthErrorReply,
} from "../../../infrastructure/http/index.ts";
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
        exchange.error = error;
        const { body, headers, status } = oauthErrorReply(error);
        // Recorded after the response, so that its time does not show whether the app exists.
        if (error instanceof OAuthError && route.access.kind === "client") {
          void nextTurn().then(() => record(deps, route, { error, exchange }));
        }
        return jsonResponse(body, { status, headers: { pragma: "no-cache", ...headers } });
      }
    },
  };
}

function record(
  { usage }: TokenDependencies,
  { method, path }: Pick<Route, "method" | "path">,
  { error: { reason }, exchange }: { error: OAuthError; exchange: Exchange },
): void {
  const { caller, requestId } = exchange;
  usage.refused({ requestId, kind: "client", route: `${method} ${path}`, reason, caller });
}
