import { z } from "zod";
import { isoTime, minutes, seconds } from "../../../infrastructure/clock/index.ts";
import { ApiError, ValidationError } from "../../../infrastructure/errors/index.ts";
import { action, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { time } from "../../../infrastructure/routes/index.ts";
import { readApp } from "../../apps/index.ts";
import { readInstance } from "../../instances/index.ts";
import { accountIdText, readMember } from "../../sites/index.ts";
import { checkInstance } from "../grants/installed-instance.ts";
import { mint } from "../mint.ts";
import { grantedScope } from "../scope.ts";
import type { TokenDependencies } from "../token-dependencies.ts";

/** Short, for it lies in a page; who shows the page gets another one as long as its user is there. */
const lifetime = minutes(10) / seconds(1);

/** Tokens for the pages of apps, with which they act as the user who looks at them. */
export function userTokenRoutes(deps: TokenDependencies): readonly ManagementRoute[] {
  return [
    action({
      path: "/instances/{instanceId}/user-token",
      tag: "Extensions",
      operationId: "createUserToken",
      summary: "Make a token for a page of an app: it acts as a member of the site, and for ten minutes",
      scope: "pages:open",
      example: { accountId: "$ACCOUNT_ID" },
      errors: [
        ...(["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "APP_DISABLED", "MEMBER_NOT_FOUND"] as const),
      ],
      body: z.strictObject({ accountId: accountIdText }),
      response: z
        .object({ accessToken: z.string(), expiresAt: time })
        .meta({ id: "UserToken", description: "The token, in its only sight" }),
      async handle({ body: { accountId }, db, ids: { instanceId }, now }) {
        const { appId, siteId, state } = await readInstance(db, instanceId);
        if (state !== "installed") throw new ApiError("INSTANCE_NOT_INSTALLED");
        if (!(await readApp(db, appId)).enabled) throw new ApiError("APP_DISABLED");
        requireOtherThan(appId, accountId);
        const member = await readMember(db, { siteId, accountId });
        const row = await deps.store.readMintByPrimary({ appId, instanceId, now });
        const instance = checkInstance(row);
        const [platform, ofApp, ofInstance] = instance.generation;
        const { access_token, expires_in } = await mint(deps, {
          ...instance,
          generation: [platform, ofApp, ofInstance, member.gen],
          ...{ appId, secretId: row.secret_id ?? "", subject: accountId, audience: deps.issuer },
          ...{ scope: grantedScope(undefined, instance.grantedScopes), scopeAsked: false, lifetime, now },
        });
        return { accessToken: access_token, expiresAt: isoTime(now + seconds(expires_in)) };
      },
    }),
  ];
}

/** The subject of a token tells a user from the app itself. */
function requireOtherThan(appId: string, accountId: string): void {
  if (accountId !== appId) return;
  throw new ValidationError([
    { field: "accountId", description: "is the id of the app", violatedRule: "VALIDATION" },
  ]);
}
