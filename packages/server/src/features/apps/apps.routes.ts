import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  read,
  refuseBoundKey,
  requireOperator,
  restrictedAccount,
} from "../../infrastructure/management/index.ts";
import { guid, portalPages, someOf, text, time } from "../../infrastructure/routes/index.ts";
import { type App, tokenLifetimeBounds } from "./app.ts";
import { readAppPublicKey } from "./app-keys.ts";
import { listApps, lockApp, readApp } from "./apps.queries.ts";
import type { Apps } from "./apps.ts";
import { addDeveloper } from "./developers/developers.queries.ts";
import { legacyFlow, postInstallationUrls, requestedScope, scopeRequest } from "./registration/index.ts";

const tag = "Apps";

const tokenFormat = z.enum(["jwt", "wix"]).meta({ description: "The form of access tokens" });
const tokenLifetime = z
  .int()
  .min(tokenLifetimeBounds.min)
  .max(tokenLifetimeBounds.max)
  .meta({ description: "Lifetime of an access token, in seconds" });

const appFields = z.strictObject({
  name: text(200),
  scopes: z.array(scopeRequest).max(100).optional(),
  legacy: legacyFlow.optional(),
  postInstallationUrls: postInstallationUrls.optional(),
  tokenFormat: tokenFormat.optional(),
  tokenLifetime: tokenLifetime.optional(),
});

const newApp = appFields.extend({
  appId: guid.optional().meta({ description: "Development only. Default: a new id" }),
  secret: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, "must have 16 to 200 visible ASCII characters")
    .optional()
    .meta({ description: "Development only: the value of the first secret. Default: a new secret" }),
});

const appChanges = someOf(appFields.partial().extend({ enabled: z.boolean().optional() }));

const appResponse = z
  .object({
    appId: z.guid(),
    name: z.string(),
    scopes: z.array(requestedScope).meta({ description: "Scopes that the app requests" }),
    legacy: legacyFlow,
    postInstallationUrls,
    enabled: z.boolean().meta({ description: "A disabled app gets no tokens, and its tokens are invalid" }),
    tokenFormat,
    tokenLifetime,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "App", description: "An app that a developer registered" });

const createdApp = appResponse
  .extend({
    publicKey: z.string().meta({ description: "PEM; verifies what the platform signs for this app" }),
    secret: z.object({
      secretId: z.guid(),
      value: z.string().meta({ description: "Only this response contains it" }),
    }),
  })
  .meta({ id: "CreatedApp", description: "A new app with its first secret" });

const reads: readonly ManagementRoute[] = [
  list({
    path: "/apps",
    tag,
    operationId: "listApps",
    summary: "List apps",
    scope: "apps:read",
    accounts: ["developer"],
    servesBoundKeys: true,
    filters: z.strictObject({ name: text(200).optional().meta({ description: "A part of the name" }) }),
    item: appResponse,
    find({ db, filters, page, principal }) {
      const developer = restrictedAccount(principal)?.accountId;
      return listApps(db, { ...filters, only: principal.appId, developer }, page);
    },
    position: (app) => app.appId,
    show: showApp,
  }),
  read({
    path: "/apps/{appId}",
    tag,
    operationId: "getApp",
    summary: "Read an app",
    scope: "apps:read",
    accounts: ["app-developer"],
    portal: portalPages.app,
    response: appResponse,
    changes: appChanges,
    handle: async ({ db, ids }) => showApp(await readApp(db, ids.appId)),
  }),
  read({
    path: "/apps/{appId}/public-key",
    tag,
    operationId: "getAppPublicKey",
    summary: "Read the key that verifies what the platform signs for an app",
    scope: "apps:read",
    accounts: ["app-developer"],
    portal: ["oauth"],
    response: z.object({
      publicKey: z.string().meta({ description: "PEM" }),
      publicKeyBase64: z.string().meta({ description: "Base64 of the PEM, for environment variables" }),
    }),
    async handle({ db, ids }) {
      const publicKey = await readAppPublicKey(db, ids.appId);
      return { publicKey, publicKeyBase64: Buffer.from(publicKey).toString("base64") };
    },
  }),
];

/** Management of apps, without their secrets. */
export function appRoutes(apps: Apps): readonly ManagementRoute[] {
  return [
    ...reads,
    change({
      method: "POST",
      path: "/apps",
      tag,
      operationId: "createApp",
      summary: "Register an app",
      scope: "apps:write",
      accounts: ["developer"],
      example: {
        name: "Loyalty Points",
        scopes: [
          "SCOPE.DC.MANAGE-YOUR-APP",
          {
            scopeId: "SCOPE.DEV_CENTER.APP-INSTANCE-READ-BASIC-INFO",
            optional: true,
            reason: "Shows the name of your site in the app",
          },
        ],
        postInstallationUrls: ["https://loyalty.example.com/installed"],
      },
      errors: ["ID_TAKEN"],
      body: newApp,
      response: createdApp,
      prepare: (_, { name }) => apps.generateKey(name),
      async handle({ trx, actor, body, now, prepared, principal }) {
        if (body.legacy) requireOperator(principal);
        const { publicKey, secret, ...app } = await apps.create(trx, actor, { ...body, key: prepared });
        if (principal.account) await addDeveloper(trx, { ...principal.account, appId: app.appId, now });
        return { ...showApp(app), publicKey, secret };
      },
    }),
    change({
      method: "PATCH",
      path: "/apps/{appId}",
      tag,
      operationId: "changeApp",
      summary: "Change an app; instances keep their grants",
      scope: "apps:write",
      accounts: ["app-developer"],
      portal: ["permissions"],
      example: { name: "Loyalty Points" },
      body: appChanges,
      response: appResponse,
      current: async ({ trx, ids }) => showApp(await lockApp(trx, ids.appId)),
      async handle({ trx, actor, body, ids, principal }) {
        if (principal.portal !== undefined) requireOnlyScopes(body);
        // Only the platform decides whether an app is enabled, and which flows it may use.
        if (body.enabled !== undefined || body.legacy !== undefined) refuseBoundKey(principal);
        return showApp(await apps.change(trx, actor, { ...body, appId: ids.appId }));
      },
    }),
    ...endings(apps),
  ];
}

/** The page of a portal that changes an app is about scopes. Throws `PERMISSION_DENIED`. */
function requireOnlyScopes({ scopes: _, ...others }: z.output<typeof appChanges>): void {
  if (Object.values(others).every((value) => value === undefined)) return;
  throw new ApiError("PERMISSION_DENIED", {
    message: "A portal link changes only the scopes of an app.",
    reason: "missing_page",
  });
}

/** Deletes an app, or revokes its tokens. */
function endings(apps: Apps): readonly ManagementRoute[] {
  return [
    change({
      method: "DELETE",
      path: "/apps/{appId}",
      tag,
      operationId: "deleteApp",
      summary: "Delete an app that is not installed on any site",
      scope: "apps:write",
      accounts: ["app-developer"],
      errors: ["APP_IN_USE"],
      handle: ({ trx, actor, ids }) => apps.remove(trx, actor, ids.appId),
    }),
    change({
      method: "POST",
      path: "/apps/{appId}/revoke-tokens",
      tag,
      operationId: "revokeAppTokens",
      summary: "Revoke every access token of an app, on all sites",
      scope: "apps:write",
      accounts: ["app-developer"],
      portal: ["oauth"],
      handle: ({ trx, actor, ids }) => apps.revokeTokens(trx, actor, ids.appId),
    }),
  ];
}

function showApp(app: App): z.input<typeof appResponse> {
  return {
    ...app,
    scopes: [...app.scopes],
    createdAt: isoTime(app.createdAt),
    updatedAt: isoTime(app.updatedAt),
  };
}
