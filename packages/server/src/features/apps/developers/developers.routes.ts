import { z } from "zod";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { guid } from "../../../infrastructure/routes/index.ts";
import { readAccount } from "../../accounts/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { lockAppShared, readApp } from "../apps.queries.ts";
import { addDeveloper, listDevelopers, removeDeveloper } from "./developers.queries.ts";

const tag = "Apps";
const path = "/apps/{appId}/developers";
const accounts = ["app-developer"] as const;

const developerResponse = z
  .object({ accountId: z.guid(), name: z.string(), email: z.string().nullable() })
  .meta({ id: "Developer", description: "An account that manages an app" });

/** Management of the accounts that develop an app. */
export function developerRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    list({
      path,
      tag,
      operationId: "listDevelopers",
      summary: "List the developers of an app",
      scope: "apps:read",
      accounts,
      item: developerResponse,
      async find({ db, ids: { appId }, page }) {
        await readApp(db, appId);
        return await listDevelopers(db, { ...page, appId });
      },
      position: (developer) => developer.accountId,
      show: (developer) => developer,
    }),
    change({
      method: "POST",
      path,
      tag,
      operationId: "addDeveloper",
      summary: "Let an account manage an app",
      scope: "apps:write",
      accounts,
      errors: ["ACCOUNT_NOT_FOUND", "ACCOUNT_IS_NO_DEVELOPER"],
      body: z.strictObject({ accountId: guid }),
      response: developerResponse,
      async handle({ trx, actor, body: { accountId }, ids: { appId }, now }) {
        await lockAppShared(trx, appId);
        const { email, is_developer: isDeveloper, name } = await readAccount(trx, accountId);
        if (isDeveloper === 0) throw new ApiError("ACCOUNT_IS_NO_DEVELOPER");
        await addDeveloper(trx, { appId, accountId, now });
        await audit.append(trx, actor, { action: "app.developer.added", appId, details: { accountId } });
        return { accountId, name, email };
      },
    }),
    change({
      method: "DELETE",
      path: `${path}/{accountId}`,
      tag,
      operationId: "removeDeveloper",
      summary: "Remove a developer from an app",
      scope: "apps:write",
      accounts,
      errors: ["ACCOUNT_NOT_FOUND"],
      async handle({ trx, actor, ids: { accountId, appId } }) {
        await lockAppShared(trx, appId);
        if (!(await removeDeveloper(trx, { appId, accountId }))) throw new ApiError("ACCOUNT_NOT_FOUND");
        await audit.append(trx, actor, { action: "app.developer.removed", appId, details: { accountId } });
      },
    }),
  ];
}
