import { z } from "zod";
import { type Clock, isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Use } from "../../infrastructure/database/index.ts";
import { action, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { guid, time } from "../../infrastructure/routes/index.ts";
import { accountIdText } from "../sites/index.ts";
import { PageUrls } from "./page-url.ts";

export interface PageDependencies {
  readonly clock: Clock;
  readonly vault: Vault;
  readonly usage: { used(use: Omit<Use, "count">): void };
}

/** The route that creates URLs of pages. It counts the openings of each page of an instance. */
export function pageRoutes(deps: PageDependencies): readonly ManagementRoute[] {
  const pageUrls = new PageUrls(deps);
  return [
    action({
      path: "/instances/{instanceId}/page-url",
      tag: "Extensions",
      operationId: "createPageUrl",
      summary: "Create the URL that opens a page of an app for one member of a site",
      scope: "pages:open",
      errors: [
        "INSTANCE_NOT_FOUND",
        "INSTANCE_NOT_INSTALLED",
        "APP_DISABLED",
        "EXTENSION_NOT_FOUND",
        "MEMBER_NOT_FOUND",
      ],
      body: z.strictObject({
        extensionId: guid,
        accountId: accountIdText
          .optional()
          .meta({ description: "The member who opens the page. Default: no user is signed in" }),
      }),
      response: z
        .object({ url: z.string(), expiresAt: time })
        .meta({ id: "PageUrl", description: "Show it only to this member" }),
      async handle({ body, db, ids, now }) {
        const { expiresAt, url } = await pageUrls.create(db, { ...body, instanceId: ids.instanceId });
        deps.usage.used({ id: `${ids.instanceId} ${body.extensionId}`, at: now });
        return { url, expiresAt: isoTime(expiresAt) };
      },
    }),
  ];
}
