import type { Authenticate } from "../../infrastructure/management/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { introspectionRoute } from "./endpoints/introspect.routes.ts";
import { jwksRoute, metadataRoute } from "./endpoints/metadata.routes.ts";
import { oauthRoute } from "./endpoints/oauth-route.ts";
import { revocationRoute } from "./endpoints/revoke.routes.ts";
import { tokenRoute } from "./endpoints/token.routes.ts";
import { tokenInfoRoute } from "./endpoints/token-info.routes.ts";
import { legacyAccessRoute } from "./legacy/legacy-access.routes.ts";
import type { TokenDependencies } from "./token-dependencies.ts";

/**
 * The OAuth endpoints.
 *
 * @param authenticate returns the principal of the API key that a request has
 */
export function oauthRoutes(deps: TokenDependencies, authenticate: Authenticate): readonly Route[] {
  return [
    tokenRoute(deps),
    legacyAccessRoute(deps),
    tokenInfoRoute(deps),
    introspectionRoute(deps, authenticate),
    revocationRoute(deps),
    metadataRoute(deps),
    jwksRoute(deps),
  ].map((route) => oauthRoute(deps, route));
}
