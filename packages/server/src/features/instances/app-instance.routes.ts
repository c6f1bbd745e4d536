import { z } from "zod";
import type { Database } from "../../infrastructure/database/index.ts";
import { jsonResponse } from "../../infrastructure/http/index.ts";
import type { AccessTokenRoute } from "../../infrastructure/routes/index.ts";
import { readApp } from "../apps/index.ts";
import { preparePermissionsOf } from "../permissions/index.ts";
import { readSite } from "../sites/index.ts";
import { approvalUrl, scopeChange } from "./approvals/index.ts";
import { readInstance } from "./instances.queries.ts";

const appInstance = z
  .object({
    instance: z.object({
      instanceId: z.guid(),
      appName: z.string(),
      appVersion: z.string(),
      isFree: z.boolean(),
      permissions: z.array(z.string()),
      grantedScopes: z
        .array(z.string())
        .meta({ description: "Scopes that the owner approved; not part of the wire protocol" }),
      approvalUrl: z.url().optional().meta({
        description:
          "Where the owner can approve what the app requests and does not have; absent when it has all",
      }),
      availablePlans: z.array(z.string()),
      originInstanceId: z.guid().optional(),
      copiedFromTemplate: z.boolean(),
      freeTrialAvailable: z.boolean(),
    }),
    site: z.object({
      siteId: z.guid(),
      siteDisplayName: z.string(),
      locale: z.string(),
      paymentCurrency: z.string(),
      multilingual: z.object({ isMultiLingual: z.boolean(), supportedLanguages: z.array(z.string()) }),
      url: z.string().optional(),
      installedWixApps: z.array(z.string()),
    }),
  })
  .meta({ id: "AppInstance" });

/** Get App Instance: an app reads the instance of its token. */
export function appInstanceRoutes({
  database,
  publicUrl,
}: {
  readonly database: Database;
  readonly publicUrl: string;
}): readonly AccessTokenRoute[] {
  const permissionsOf = preparePermissionsOf(database);
  return [
    {
      method: "GET",
      path: "/apps/v1/instance",
      permission: "WIX_DEVELOPERS.MANAGE_APP_INSTANCE",
      tag: "Instances",
      operationId: "getAppInstance",
      summary: "Get the instance of the token",
      responses: { 200: { description: "The instance and its site", schema: appInstance } },
      async handle({ access }) {
        const app = await readApp(database.read, access.appId);
        const instance = await readInstance(database.read, access.instanceId);
        const site = await readSite(database.read, access.siteId);
        const isComplete = scopeChange(app.scopes, { ...instance, declined: [] }).added.length === 0;
        return jsonResponse({
          instance: {
            instanceId: instance.instanceId,
            appName: app.name,
            appVersion: "1.0.0",
            isFree: true,
            permissions: await permissionsOf(instance.grant),
            grantedScopes: instance.grant,
            ...(isComplete ? {} : { approvalUrl: approvalUrl(publicUrl, instance.instanceId) }),
            availablePlans: [],
            ...(instance.originInstanceId === null ? {} : { originInstanceId: instance.originInstanceId }),
            copiedFromTemplate: instance.originInstanceId !== null,
            freeTrialAvailable: false,
          },
          site: {
            siteId: site.siteId,
            siteDisplayName: site.name,
            locale: site.locale,
            paymentCurrency: site.currency,
            multilingual: { isMultiLingual: false, supportedLanguages: [] },
            ...(site.url === null ? {} : { url: site.url }),
            installedWixApps: [],
          },
        });
      },
    },
  ];
}
