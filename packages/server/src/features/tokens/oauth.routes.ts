import { Hono } from "hono";
import { type Address, type Endpoint, forMethod, type HttpEnv } from "../../infrastructure/http/index.ts";
import type { Authenticate } from "../../infrastructure/routes/index.ts";
import { introspectionEndpoint } from "./endpoints/introspect.ts";
import { jwksEndpoint, metadataEndpoint } from "./endpoints/metadata.ts";
import { refusingAsOAuth } from "./endpoints/oauth-refusal.ts";
import { revocationEndpoint } from "./endpoints/revoke.ts";
import { tokenEndpoint } from "./endpoints/token-endpoint.ts";
import { tokenInfoEndpoint } from "./endpoints/token-info.ts";
import type { TokenSources } from "./token-sources.ts";

/**
 * The OAuth endpoints of the wire surface.
 *
 * @param authenticate tells whose API key a request carries
 */
export function oauthRoutes(sources: TokenSources, authenticate: Authenticate): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  // Not by an error handler of these routes, for which the router would wrap each of them once more.
  const mount = ([method, path]: Address, endpoint: Endpoint): void => {
    const answer = refusingAsOAuth(sources.log, forMethod(method, endpoint));
    routes.all(path, (c) => answer(c.req.raw, c.env));
  };
  mount(["POST", "/oauth2/token"], tokenEndpoint(sources));
  mount(["POST", "/oauth2/token-info"], tokenInfoEndpoint(sources));
  mount(["POST", "/oauth2/token_info"], tokenInfoEndpoint(sources));
  mount(["POST", "/oauth2/introspect"], introspectionEndpoint(sources, authenticate));
  mount(["POST", "/oauth2/revoke"], revocationEndpoint(sources));
  mount(["GET", "/.well-known/oauth-authorization-server"], metadataEndpoint(sources));
  mount(["GET", "/.well-known/jwks.json"], jwksEndpoint(sources));
  return routes;
}
