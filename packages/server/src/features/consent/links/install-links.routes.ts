import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { change, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { guid, time } from "../../../infrastructure/routes/index.ts";
import type { InstallLinks } from "./install-links.ts";

/** The route that creates install links. */
export function installLinkRoutes(links: InstallLinks): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/sites/{siteId}/install-links",
      tag: "Instances",
      operationId: "createInstallLink",
      summary: "Create a link by which one person, whom you have signed in, installs an app on a site",
      scope: "instances:write",
      accounts: ["site-owner"],
      errors: ["APP_NOT_FOUND", "SITE_NOT_FOUND", "APP_DISABLED", "TOO_MANY_INSTALL_LINKS"],
      body: z.strictObject({ appId: guid }),
      response: z.object({ url: z.string(), expiresAt: time }).meta({
        id: "InstallLink",
        description: "Works once, for 10 minutes. Redirect only this person to it",
      }),
      async handle({ trx, actor, body: { appId }, ids: { siteId } }) {
        const { expiresAt, url } = await links.create(trx, actor, { appId, siteId });
        return { url, expiresAt: isoTime(expiresAt) };
      },
    }),
  ];
}
