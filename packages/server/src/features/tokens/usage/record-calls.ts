import { ApiError } from "../../../infrastructure/errors/index.ts";
import { apiErrorReply } from "../../../infrastructure/http/index.ts";
import type { Route, RouteCall } from "../../../infrastructure/routes/index.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/**
 * Returns the route; requests whose access token or API key it refuses are added to the token log. Calls with an access token
 * are counted.
 */
export function recordCalls(
  { counts, usage }: Pick<TokenDependencies, "counts" | "usage">,
  route: Route,
): Route {
  const { kind } = route.access;
  if (kind !== "access-token" && kind !== "api-key") return route;
  const count = (outcome: string, { exchange }: RouteCall): void => {
    if (kind === "access-token") counts.add("apiCalls", outcome, exchange.caller?.appId);
  };
  return {
    ...route,
    async respond(call) {
      try {
        const response = await route.respond(call);
        count(classOf(response.status), call);
        return response;
      } catch (error) {
        const reason = error instanceof ApiError ? error.reason : undefined;
        count(reason === undefined ? classOf(apiErrorReply(error).status) : "refused", call);
        if (reason !== undefined) {
          const { caller, requestId } = call.exchange;
          usage.refused({ requestId, kind, route: `${route.method} ${route.path}`, reason, caller });
        }
        throw error;
      }
    },
  };
}

function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
