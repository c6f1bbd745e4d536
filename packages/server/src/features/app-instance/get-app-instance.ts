import { Hono } from "hono";
import type { Database } from "../../infrastructure/database/index.ts";
import { type Endpoint, type HttpEnv, jsonResponse, mount } from "../../infrastructure/http/index.ts";
import { readApp } from "../apps/index.ts";
import { readInstance } from "../instances/index.ts";
import { preparePermissionsOf } from "../permissions/index.ts";
import { readSite } from "../sites/index.ts";
import type { AccessGuard } from "../tokens/index.ts";

interface Sources {
  readonly guard: AccessGuard;
  readonly database: Database;
}

/** `GET /apps/v1/instance`: an app asks about the instance that its token is for. */
function getAppInstance({ database, guard }: Sources): Endpoint {
  const permissionsOf = preparePermissionsOf(database);
  return async (request) => {
    const access = await guard.require(request, "WIX_DEVELOPERS.MANAGE_APP_INSTANCE");
    const app = await readApp(database.read, access.appId);
    const instance = await readInstance(database.read, access.instanceId);
    const site = await readSite(database.read, access.siteId);
    return jsonResponse({
      instance: {
        instanceId: instance.instanceId,
        appName: app.name,
        appVersion: "1.0.0",
        isFree: true,
        permissions: await permissionsOf(instance.grant),
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
  };
}

/** What an app may ask about its own instance. */
export function appInstanceRoutes(sources: Sources): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  mount(routes, ["GET", "/apps/v1/instance"], getAppInstance(sources));
  return routes;
}
