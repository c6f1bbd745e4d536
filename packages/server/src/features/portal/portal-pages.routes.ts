import { z } from "zod";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type PageDependencies, pageRoute, seeOther } from "../../infrastructure/pages/index.ts";
import type { Route } from "../../infrastructure/routes/index.ts";
import { type DashboardDependencies, dashboardPage } from "../dashboard/index.ts";
import type { PortalLinks } from "./portal-links.ts";

/** Where the pages of portals begin. */
const portalPath = "/portal";

interface PortalPageDependencies extends PageDependencies, DashboardDependencies {
  readonly portalLinks: PortalLinks;
}

/**
 * The address of a link, which leads to the page of its portal: the dashboard, in a frame. Errors are shown in a frame of any
 * site, because nobody knows any more which one the link was for; they have no data.
 */
export function portalPageRoutes({ dashboard, random, ...deps }: PortalPageDependencies): readonly Route[] {
  const { portalLinks } = deps;
  if (dashboard === undefined) return [];
  return [
    pageRoute(deps, {
      method: "GET",
      path: portalPath,
      operationId: "usePortalLink",
      summary: "Use a portal link, which begins its session",
      query: z.object({ token: z.string().max(100) }),
      errors: ["PORTAL_LINK_INVALID", "METHOD_NOT_ALLOWED"],
      inFrames: true,
      async respond({ exchange, query: { token }, request }) {
        if (request.method === "HEAD")
          throw new ApiError("METHOD_NOT_ALLOWED", { headers: { allow: "GET" } });
        const { cookie, linkId } = await portalLinks.use(token, exchange.requestId);
        return seeOther(`${portalPath}/${linkId}`, { "set-cookie": cookie });
      },
    }),
    pageRoute(deps, {
      method: "GET",
      path: `${portalPath}/{linkId}`,
      aliases: [`${portalPath}/{linkId}/{path*}`],
      parameters: { linkId: z.string(), path: z.string() },
      operationId: "getPortal",
      summary: "Get the pages of a portal, in a frame of its origin",
      errors: ["PORTAL_LINK_INVALID"],
      inFrames: true,
      async respond({ parameters: { linkId = "" }, request }) {
        const caller = await portalLinks.findCaller(linkId, request.headers);
        if (caller === undefined) throw new ApiError("PORTAL_LINK_INVALID");
        return dashboardPage({ dashboard, random, framedBy: caller.portal.origin });
      },
    }),
  ];
}
