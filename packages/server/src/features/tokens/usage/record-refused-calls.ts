import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Route } from "../../../infrastructure/routes/index.ts";
import type { TokenUsage } from "./usage.ts";

/** Returns the route; requests whose access token or API key it refuses are added to the token log. */
export function recordRefusedCalls(usage: TokenUsage, route: Route): Route {
  const { kind } = route.access;
  if (kind !== "access-token" && kind !== "api-key") return route;
  return {
    ...route,
    async respond(call) {
      try {
        return await route.respond(call);
      } catch (error) {
        if (error instanceof ApiError && error.reason !== undefined) {
          const { caller, requestId } = call.exchange;
          const { reason } = error;
          usage.refused({ requestId, kind, route: `${route.method} ${route.path}`, reason, caller });
        }
        throw error;
      }
    },
  };
}
