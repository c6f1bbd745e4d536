import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { action, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { guid, time } from "../../../infrastructure/routes/index.ts";
import { accountIdText } from "../../sites/index.ts";
import type { PageUrls } from "./page-url.ts";

/** Opening the pages of apps. */
export function pageRoutes(pages: PageUrls): readonly ManagementRoute[] {
  return [
    action({
      path: "/instances/{instanceId}/page-url",
      tag: "Extensions",
      operationId: "createPageUrl",
      summary: "Make the address under which a page of an app is opened for somebody on a site",
      scope: "pages:open",
      errors: [
        ...(["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "APP_DISABLED"] as const),
        ...(["EXTENSION_NOT_FOUND", "MEMBER_NOT_FOUND"] as const),
      ],
      body: z.strictObject({
        extensionId: guid,
        accountId: accountIdText
          .optional()
          .meta({ description: "The member who looks at it. Default: nobody is signed in" }),
      }),
      response: z
        .object({ url: z.string(), expiresAt: time })
        .meta({ id: "PageUrl", description: "Show it to nobody but that member" }),
      async handle({ body, db, ids }) {
        const { expiresAt, url } = await pages.open(db, { ...body, instanceId: ids.instanceId });
        return { url, expiresAt: isoTime(expiresAt) };
      },
    }),
  ];
}
