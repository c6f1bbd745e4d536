import { z } from "zod";
import { isoTime, minutes, seconds } from "../../../infrastructure/clock/index.ts";
import { ApiError, invalidField } from "../../../infrastructure/errors/index.ts";
import { action, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { readInstance } from "../../instances/index.ts";
import { accountIdText, readMember } from "../../sites/index.ts";
import { checkInstance, generationOf } from "../grants/check-instance.ts";
import { mint } from "../mint.ts";
import type { TokenDependencies } from "../token-dependencies.ts";
import { scopeOfNewToken } from "../token-scopes.ts";

/** Short, because scripts of the page can read the token. The page gets another one while it is open. */
const lifetime = minutes(10) / seconds(1);

/** Routes for the tokens that let a page of an app act as the user who views it. */
export function userTokenRoutes(deps: TokenDependencies): readonly ManagementRoute[] {
  return [
    action({
      path: "/instances/{instanceId}/user-token",
      tag: "Extensions",
      operationId: "createUserToken",
      summary: "Create a token for a page of an app; it acts as a member of the site for ten minutes",
      scope: "pages:open",
      example: { accountId: "$ACCOUNT_ID" },
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "APP_DISABLED", "MEMBER_NOT_FOUND"],
      body: z.strictObject({ accountId: accountIdText }),
      response: z
        .object({ accessToken: z.string(), expiresAt: time })
        .meta({ id: "UserToken", description: "The token, shown this once" }),
      async handle({ body: { accountId }, db, ids: { instanceId }, now }) {
        const { appId, siteId, state } = await readInstance(db, instanceId);
        if (state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
        if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
        // The subject of a token is either a user or the app, so no user has the id of the app.
        if (accountId === appId) throw invalidField("accountId", "is the id of the app", "VALIDATION");
        const member = await readMember(db, { siteId, accountId });
        const row = await deps.queries.readMintByPrimary({ appId, instanceId, now });
        checkInstance(row);
        const { access_token, expires_in } = await mint(deps, row, {
          subject: accountId,
          audience: deps.issuer,
          scope: scopeOfNewToken(undefined, row.granted_scopes),
          scopeRequested: false,
          generation: [...generationOf(row), member.gen],
          lifetime,
          now,
        });
        return { accessToken: access_token, expiresAt: isoTime(now + seconds(expires_in)) };
      },
    }),
  ];
}
