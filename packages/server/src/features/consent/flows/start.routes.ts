import { z } from "zod";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { pageRoute, seeOther } from "../../../infrastructure/pages/index.ts";
import { guid, type Route } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { errorTexts } from "../messages/index.ts";
import { mayInstall, signInFirst } from "../people.ts";
import { withParameters } from "../return-to.ts";
import type { FlowDependencies } from "./flow.ts";

/** The address with which a platform begins the legacy flow: it opens the App URL with an install token (wire §3.1). */
export function startRoutes(deps: FlowDependencies): readonly Route[] {
  return [
    pageRoute(deps, {
      method: "GET",
      path: "/installer/start",
      operationId: "startInstaller",
      summary: "Begin to install an app that uses the legacy flow: open its App URL with a token",
      query: z.object({ appId: guid, siteId: guid }),
      errors: [
        "APP_NOT_FOUND",
        "APP_DISABLED",
        "SITE_NOT_FOUND",
        "REDIRECT_NOT_REGISTERED",
        "RESOURCE_EXHAUSTED",
      ],
      errorTexts,
      async respond({ query: { appId, siteId }, request }) {
        const { accounts, clock, database, redirectLimit, legacy } = deps;
        const signedIn = await accounts.signedIn(request);
        if (signedIn === undefined) return signInFirst(request);
        const { accountId } = signedIn.account;
        await mayInstall(database.read, { siteId, accountId });
        const app = await readApp(database.read, appId);
        if (!app.enabled) throw new ApiError("APP_DISABLED");
        if (app.legacy === null) throw new ApiError("REDIRECT_NOT_REGISTERED");
        redirectLimit.count(accountId);
        const begin = { appId, siteId, accountId, now: clock.now() };
        const token = await database.write((trx) => legacy.issueInstallToken(trx, begin));
        return seeOther(withParameters(app.legacy.appUrl, { token }));
      },
    }),
  ];
}
