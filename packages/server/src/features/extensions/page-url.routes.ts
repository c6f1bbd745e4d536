import { z } from "zod";
import { type Clock, isoTime } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Queries, Use } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  action,
  findRole,
  type ManagementRoute,
  type Principal,
  restrictedAccount,
} from "../../infrastructure/management/index.ts";
import { guid, time } from "../../infrastructure/routes/index.ts";
import { readInstance } from "../instances/index.ts";
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
      accounts: ["site-member"],
      errors: [
        "INSTANCE_NOT_FOUND",
        "INSTANCE_NOT_INSTALLED",
        "APP_DISABLED",
        "EXTENSION_NOT_FOUND",
        "MEMBER_NOT_FOUND",
      ],
      body: z.strictObject({
        extensionId: guid,
        accountId: accountIdText.optional().meta({
          description:
            "The member who opens the page. Default: the account that calls, if it is a member; else no user is signed in",
        }),
      }),
      response: z
        .object({ url: z.string(), expiresAt: time })
        .meta({ id: "PageUrl", description: "Show it only to this member" }),
      async handle({ body, db, ids: { instanceId }, now, principal }) {
        const accountId = await readUser(db, principal, { ...body, instanceId });
        const { expiresAt, url } = await pageUrls.create(db, { ...body, accountId, instanceId });
        deps.usage.used({ id: `${instanceId} ${body.extensionId}`, at: now });
        return { url, expiresAt: isoTime(expiresAt) };
      },
    }),
  ];
}

/** Who opens the page. Throws `INSTANCE_NOT_FOUND`, and `PERMISSION_DENIED` for an account that names another one. */
async function readUser(
  db: Queries,
  principal: Principal,
  { accountId, instanceId }: { instanceId: string; accountId?: string | undefined },
): Promise<string | undefined> {
  const own = principal.account?.accountId;
  if (own === undefined || accountId === own) return accountId;
  if (accountId !== undefined) {
    if (restrictedAccount(principal) === undefined) return accountId;
    throw new ApiError("PERMISSION_DENIED", {
      message: "An account opens pages as itself; leave accountId out.",
      reason: "missing_role",
    });
  }
  const { siteId } = await readInstance(db, instanceId);
  return (await findRole(db, siteId, own)) === undefined ? undefined : own;
}
