import type { Access } from "./access.ts";
import type { Route, RouteCall } from "./route.ts";

/** A call of a route whose access token was checked. */
export interface AccessTokenCall extends RouteCall {
  readonly access: Access;
}

/**
 * A route of an API for apps. The access token and its permission are checked before the handler runs.
 *
 * @example
 * const route: AccessTokenRoute = {
 *   method: "GET",
 *   path: "/apps/v1/instance",
 *   permission: "WIX_DEVELOPERS.MANAGE_APP_INSTANCE",
 *   tag: "App instances",
 *   operationId: "getAppInstance",
 *   summary: "Get the instance of the token",
 *   responses: { 200: { description: "The instance", schema: appInstance } },
 *   handle: async ({ access }) => jsonResponse(await show(access)),
 * };
 */
export interface AccessTokenRoute extends Omit<Route, "access" | "respond"> {
  /** The permission that the access token needs. */
  readonly permission: string;
  handle(call: AccessTokenCall): Promise<Response>;
}
