import type { Access, AccessGuard } from "./access.ts";
import type { Route, RouteCall } from "./route.ts";

/** A call of a route whose access token was checked. */
export interface AccessTokenCall extends RouteCall {
  readonly access: Access;
}

/** A route of an API for apps. */
export interface AccessTokenRoute extends Omit<Route, "access" | "respond"> {
  /** The permission that the access token needs. */
  readonly permission: string;
  handle(call: AccessTokenCall): Promise<Response>;
}

/**
 * Creates a route that checks the access token and its permission before the handler runs.
 *
 * @example
 * accessTokenRoute(guard, {
 *   method: "GET",
 *   path: "/apps/v1/instance",
 *   permission: "WIX_DEVELOPERS.MANAGE_APP_INSTANCE",
 *   tag: "App instances",
 *   operationId: "getAppInstance",
 *   summary: "Get the instance of the token",
 *   responses: { 200: { description: "The instance", schema: appInstance } },
 *   handle: async ({ access }) => jsonResponse(await show(access)),
 * });
 */
export function accessTokenRoute(guard: AccessGuard, definition: AccessTokenRoute): Route {
  const { handle, permission, ...route } = definition;
  return {
    ...route,
    access: { kind: "access-token", permission },
    async respond(call) {
      const access = await guard.require(call.request, permission);
      return await handle({ ...call, access });
    },
  };
}
