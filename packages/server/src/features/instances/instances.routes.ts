import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, type ApiErrorCode } from "../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  type Principal,
  read,
  requireOwnApp,
} from "../../infrastructure/management/index.ts";
import { dottedName, guid, time } from "../../infrastructure/routes/index.ts";
import { readApp } from "../apps/index.ts";
import { readSite } from "../sites/index.ts";
import type { Instance } from "./instance.ts";
import { findInstanceOn, listInstances, readInstance } from "./instances.queries.ts";
import type { Instances } from "./instances.ts";

const tag = "Instances";

const state = z.enum(["installed", "suspended", "removed"]);
const grant = z.array(dottedName.meta({ description: "Such as SCOPE.DC.MANAGE-YOUR-APP" })).max(100);

const instanceResponse = z
  .object({
    instanceId: z.guid(),
    appId: z.guid(),
    siteId: z.guid(),
    state,
    grant: grant.meta({ description: "Scopes the owner approved" }),
    originInstanceId: z
      .guid()
      .nullable()
      .meta({ description: "The instance of the site that this one's site was copied from" }),
    createdAt: time,
    updatedAt: time,
    lastTokenAt: time.nullable(),
  })
  .meta({ id: "Instance", description: "One app on one site" });

const approval = z.strictObject({
  grant: grant
    .optional()
    .meta({ description: "Scopes the owner approves; all that the app asks for when absent" }),
});

const reads: readonly ManagementRoute[] = [
  list({
    path: "/sites/{siteId}/instances",
    tag,
    operationId: "listInstancesOfSite",
    summary: "List the instances of a site",
    scope: "instances:read",
    servesBoundKeys: true,
    errors: ["SITE_NOT_FOUND"],
    filters: z.strictObject({ state: state.optional() }),
    item: instanceResponse,
    async find({ db, filters, ids, page, principal }) {
      const { appId } = principal;
      await readSite(db, ids.siteId);
      if (appId === undefined) return await listInstances(db, { ...page, ...filters, siteId: ids.siteId });
      const place = { appId, siteId: ids.siteId };
      // For a key of one app only the sites exist that have it.
      if ((await findInstanceOn(db, place)) === undefined) throw new ApiError("SITE_NOT_FOUND");
      return await listInstances(db, { ...page, ...filters, ...place });
    },
    position: (instance) => instance.instanceId,
    show: showInstance,
  }),
  list({
    path: "/apps/{appId}/instances",
    tag,
    operationId: "listInstancesOfApp",
    summary: "List the instances of an app",
    scope: "instances:read",
    errors: ["APP_NOT_FOUND"],
    filters: z.strictObject({ state: state.optional() }),
    item: instanceResponse,
    async find({ db, filters, ids, page }) {
      await readApp(db, ids.appId);
      return await listInstances(db, { ...page, ...filters, appId: ids.appId });
    },
    position: (instance) => instance.instanceId,
    show: showInstance,
  }),
  read({
    path: "/instances/{instanceId}",
    tag,
    operationId: "getInstance",
    summary: "Read an instance",
    scope: "instances:read",
    servesBoundKeys: true,
    errors: ["INSTANCE_NOT_FOUND"],
    response: instanceResponse,
    handle: async ({ db, ids, principal }) => showInstance(await readOwn(db, ids.instanceId, principal)),
  }),
];

/** Management of instances: installing, pausing, approving and removing apps on sites. */
export function instanceRoutes(instances: Instances): readonly ManagementRoute[] {
  return [
    ...reads,
    change({
      method: "POST",
      path: "/sites/{siteId}/instances",
      tag,
      operationId: "installApp",
      summary: "Install an app on a site; one that was removed comes back under its old instanceId",
      scope: "instances:write",
      errors: ["SITE_NOT_FOUND", "APP_NOT_FOUND", "APP_DISABLED", "INSTANCE_ALREADY_INSTALLED"],
      body: approval.extend({ appId: guid }),
      response: instanceResponse,
      handle: async ({ trx, actor, body, ids }) =>
        showInstance(await instances.install(trx, actor, { ...body, siteId: ids.siteId })),
    }),
    transition(instances.remove, {
      method: "DELETE",
      path: "/instances/{instanceId}",
      operationId: "removeInstance",
      summary: "Remove the app from the site; every token of the instance is dead at once",
    }),
    transition(instances.suspend, {
      path: "/instances/{instanceId}/suspend",
      operationId: "suspendInstance",
      summary: "Stop an instance until it is resumed; its tokens are dead at once",
      errors: ["INSTANCE_NOT_INSTALLED"],
    }),
    transition(instances.resume, {
      path: "/instances/{instanceId}/resume",
      operationId: "resumeInstance",
      summary: "Let a suspended instance get tokens again; its old ones stay dead",
      errors: ["INSTANCE_NOT_INSTALLED"],
    }),
    transition(instances.revokeTokens, {
      path: "/instances/{instanceId}/revoke-tokens",
      operationId: "revokeInstanceTokens",
      summary: "Kill every access token of an instance",
    }),
    change({
      method: "POST",
      path: "/instances/{instanceId}/approve",
      tag,
      operationId: "approveInstance",
      summary: "Set the scopes the owner approves; tokens that are out follow at once",
      scope: "instances:write",
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED"],
      body: approval,
      response: instanceResponse,
      handle: async ({ trx, actor, body, ids }) =>
        showInstance(await instances.approve(trx, actor, { instanceId: ids.instanceId, grant: body.grant })),
    }),
  ];
}

interface TransitionFacts {
  readonly method?: "DELETE";
  readonly path: `/instances/{instanceId}${string}`;
  readonly operationId: string;
  readonly summary: string;
  readonly errors?: readonly ApiErrorCode[];
}

/** A change of an instance that takes no more than its id. */
function transition(make: Instances["remove"], facts: TransitionFacts): ManagementRoute {
  return change({
    method: "POST",
    ...facts,
    tag,
    scope: "instances:write",
    errors: ["INSTANCE_NOT_FOUND", ...(facts.errors ?? [])],
    response: instanceResponse,
    handle: async ({ trx, actor, ids }) => showInstance(await make(trx, actor, ids.instanceId)),
  });
}

/** Throws `INSTANCE_NOT_FOUND`, for an instance of another app than the caller's too. */
async function readOwn(db: Queries, instanceId: string, principal: Principal): Promise<Instance> {
  const instance = await readInstance(db, instanceId);
  requireOwnApp(principal, instance.appId, "INSTANCE_NOT_FOUND");
  return instance;
}

function showInstance(instance: Instance): z.input<typeof instanceResponse> {
  return {
    ...instance,
    grant: [...instance.grant],
    createdAt: isoTime(instance.createdAt),
    updatedAt: isoTime(instance.updatedAt),
    lastTokenAt: instance.lastTokenAt === null ? null : isoTime(instance.lastTokenAt),
  };
}
