import { Hono } from "hono";
import { type HttpEnv, mount } from "../http/index.ts";
import { introspectionEndpoint } from "./endpoints/introspect.ts";
import { jwksEndpoint, metadataEndpoint } from "./endpoints/metadata.ts";
import { oauthRefusal } from "./endpoints/oauth-refusal.ts";
import { revocationEndpoint } from "./endpoints/revoke.ts";
import { tokenEndpoint } from "./endpoints/token-endpoint.ts";
import { tokenInfoEndpoint } from "./endpoints/token-info.ts";
import type { TokenSources } from "./token-sources.ts";

/** The OAuth endpoints of the wire surface. */
export function oauthRoutes(sources: TokenSources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.onError(oauthRefusal(sources.log));
  mount(routes, ["POST", "/oauth2/token"], tokenEndpoint(sources));
  mount(routes, ["POST", "/oauth2/token-info"], tokenInfoEndpoint(sources));
  mount(routes, ["POST", "/oauth2/token_info"], tokenInfoEndpoint(sources));
  mount(routes, ["POST", "/oauth2/introspect"], introspectionEndpoint(sources));
  mount(routes, ["POST", "/oauth2/revoke"], revocationEndpoint(sources));
  mount(routes, ["GET", "/.well-known/oauth-authorization-server"], metadataEndpoint(sources));
  mount(routes, ["GET", "/.well-known/jwks.json"], jwksEndpoint(sources));
  return routes;
}
