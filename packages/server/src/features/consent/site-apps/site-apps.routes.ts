import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { list, type ManagementRoute, read } from "../../../infrastructure/management/index.ts";
import { dottedName, time } from "../../../infrastructure/routes/index.ts";
import { findInstanceOn, findInstances, instanceState } from "../../instances/index.ts";
import { readSite } from "../../sites/index.ts";
import { describeInstances, type SiteApp } from "./site-app.ts";

const tag = "Sites";

const scope = z.object({
  scopeId: dottedName,
  name: z.string(),
  optional: z.boolean(),
  reason: z.string().nullable().meta({ description: "Why the app needs it, in the words of its developer" }),
  permissions: z.array(z.object({ permissionId: z.string(), description: z.string() })),
  status: z.enum(["granted", "added", "declined", "dropped"]).meta({
    description:
      "added: an owner has to decide about it. dropped: granted, and the app no longer requests it",
  }),
});

const page = z.object({
  extensionId: z.guid(),
  kind: z.enum(["IFRAME_PAGE", "EXTERNAL_PAGE"]),
  url: z.string(),
});

const siteAppResponse = z
  .object({
    siteId: z.guid(),
    appId: z.guid(),
    instanceId: z.guid(),
    name: z.string(),
    enabled: z.boolean().meta({ description: "False for an app that its developer or an operator disabled" }),
    state: instanceState,
    scopes: z.array(scope),
    pages: z.array(page),
    originInstanceId: z.guid().nullable(),
    createdAt: time,
    updatedAt: time,
    lastTokenAt: time.nullable(),
  })
  .meta({ id: "SiteApp", description: "An app on a site, as the members of the site see it" });

/** Reads of the apps of a site, for its members. */
export const siteAppRoutes: readonly ManagementRoute[] = [
  list({
    path: "/sites/{siteId}/apps",
    tag,
    operationId: "listSiteApps",
    summary: "List the apps of a site with the scopes in words and the pages; also removed apps",
    scope: "instances:read",
    accounts: ["site-member"],
    portal: ["apps"],
    servesBoundKeys: true,
    errors: ["SITE_NOT_FOUND"],
    item: siteAppResponse,
    async find({ db, ids: { siteId }, page: wanted, principal: { appId } }) {
      await readSite(db, siteId);
      if (appId !== undefined && (await findInstanceOn(db, { appId, siteId })) === undefined) {
        throw new ApiError("SITE_NOT_FOUND");
      }
      const found = (await findInstances(db, { appId, siteId }, wanted)).rows.map(({ instance }) => instance);
      // Apps that were deleted are left out.
      const continueAfter = found.length === wanted.limit ? found.at(-1)?.instanceId : undefined;
      return { rows: await describeInstances(db, found), continueAfter };
    },
    position: ({ instance }) => instance.instanceId,
    show,
  }),
  read({
    path: "/sites/{siteId}/apps/{appId}",
    tag,
    operationId: "getSiteApp",
    summary: "Read an app of a site, also a removed one",
    scope: "instances:read",
    accounts: ["site-member"],
    portal: ["apps"],
    errors: ["SITE_NOT_FOUND", "INSTANCE_NOT_FOUND"],
    response: siteAppResponse,
    async handle({ db, ids }) {
      await readSite(db, ids.siteId);
      const instance = await findInstanceOn(db, ids);
      const [found] = instance === undefined ? [] : await describeInstances(db, [instance]);
      if (found === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
      return show(found);
    },
  }),
];

function show({ app, instance, pages, scopes }: SiteApp): z.input<typeof siteAppResponse> {
  const { appId, instanceId, lastTokenAt, originInstanceId, siteId, state } = instance;
  return {
    ...{ siteId, appId, instanceId, name: app.name, enabled: app.enabled, state },
    scopes: scopes.map(({ permissions, ...shown }) => ({ ...shown, permissions: [...permissions] })),
    pages: [...pages],
    originInstanceId,
    createdAt: isoTime(instance.createdAt),
    updatedAt: isoTime(instance.updatedAt),
    lastTokenAt: lastTokenAt === null ? null : isoTime(lastTokenAt),
  };
}
