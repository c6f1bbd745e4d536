import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { Queries } from "../../infrastructure/database/index.ts";
import { ApiError, type ApiErrorCode, invalidField } from "../../infrastructure/errors/index.ts";
import {
  change,
  type FoundPage,
  list,
  type ManagementRoute,
  type Page,
  type Principal,
  read,
  requireOwnApp,
} from "../../infrastructure/management/index.ts";
import {
  type AccountRule,
  dottedName,
  guid,
  type PortalRule,
  time,
} from "../../infrastructure/routes/index.ts";
import { readApp } from "../apps/index.ts";
import { findSite, readSite } from "../sites/index.ts";
import type { Instance } from "./instance.ts";
import { findInstanceOn, readInstance } from "./instances.queries.ts";
import type { Instances } from "./instances.ts";
import {
  findByLastToken,
  findInstances,
  type InstanceFilters,
  type ListedInstance,
} from "./list-instances.queries.ts";

const tag = "Instances";

/** State of an instance. */
export const instanceState: z.ZodType<Instance["state"], Instance["state"]> = z.enum([
  "installed",
  "suspended",
  "removed",
]);
const grant = z.array(dottedName.meta({ description: "Such as SCOPE.DC.MANAGE-YOUR-APP" })).max(100);

const instanceResponse = z
  .object({
    instanceId: z.guid(),
    appId: z.guid(),
    siteId: z.guid(),
    state: instanceState,
    grant: grant.meta({ description: "Scopes that the owner approved" }),
    declined: grant.meta({ description: "Optional scopes that the owner did not approve" }),
    preApproved: grant.meta({ description: "Scopes of the grant that the platform approved for all sites" }),
    originInstanceId: z
      .guid()
      .nullable()
      .meta({ description: "On a copied site: the instance on the original site" }),
    setupCompletedAt: time
      .nullable()
      .meta({ description: "When the app reported that its setup is complete; null until then" }),
    createdAt: time,
    updatedAt: time,
    lastTokenAt: time.nullable(),
  })
  .meta({ id: "Instance", description: "One app on one site" });

const approval = z.strictObject({
  grant: grant.optional().meta({
    description:
      "Scopes that the owner approves, with every required one. Default: all that the app requests",
  }),
});

const instanceFilters = {
  state: instanceState.optional(),
  grant: z.literal("old").optional().meta({
    description: "Only instances whose owner has not decided about scopes that the app added",
  }),
  token: z.literal("never").optional().meta({ description: "Only instances that have never got a token" }),
};

const reads: readonly ManagementRoute[] = [
  list({
    path: "/sites/{siteId}/instances",
    tag,
    operationId: "listInstancesOfSite",
    summary: "List the instances of a site",
    scope: "instances:read",
    accounts: ["site-member"],
    portal: ["apps"],
    servesBoundKeys: true,
    errors: ["SITE_NOT_FOUND"],
    filters: z.strictObject(instanceFilters),
    item: instanceResponse,
    async find({ db, filters, ids, page, principal }) {
      const { appId } = principal;
      const { siteId } = ids;
      await readSite(db, siteId);
      // A key that is bound to an app can access only sites where the app has an instance.
      if (appId !== undefined && (await findInstanceOn(db, { appId, siteId })) === undefined) {
        throw new ApiError("SITE_NOT_FOUND");
      }
      return await findInstances(db, { ...filters, appId, siteId }, page);
    },
    position: ({ position }) => position,
    show: ({ instance }) => showInstance(instance),
  }),
  list({
    path: "/apps/{appId}/instances",
    tag,
    operationId: "listInstancesOfApp",
    summary: "List the instances of an app",
    scope: "instances:read",
    accounts: ["app-developer"],
    portal: ["overview", "permissions", "extensions", "instances"],
    filters: z.strictObject({
      ...instanceFilters,
      siteId: guid.optional(),
      externalId: z.string().max(200).optional().meta({ description: "Of the site" }),
      order: z.literal("lastToken").optional().meta({
        description: "The newest token first, and only instances that have got one. Default: by id",
      }),
    }),
    item: instanceResponse,
    find: ({ db, filters, ids, page }) => findOfApp(db, { ...filters, appId: ids.appId }, page),
    position: ({ position }) => position,
    show: ({ instance }) => showInstance(instance),
  }),
  read({
    path: "/instances/{instanceId}",
    tag,
    operationId: "getInstance",
    summary: "Read an instance",
    scope: "instances:read",
    accounts: ["app-developer", "site-member"],
    portal: ["instances", "apps"],
    servesBoundKeys: true,
    errors: ["INSTANCE_NOT_FOUND"],
    response: instanceResponse,
    handle: async ({ db, ids, principal }) => showInstance(await readOwn(db, ids.instanceId, principal)),
  }),
];

/** Management of instances. */
export function instanceRoutes(instances: Instances): readonly ManagementRoute[] {
  return [
    ...reads,
    change({
      method: "POST",
      path: "/sites/{siteId}/instances",
      tag,
      operationId: "installApp",
      summary: "Install an app on a site; a removed instance gets its old instanceId back",
      scope: "instances:write",
      accounts: ["site-owner"],
      errors: [
        "SITE_NOT_FOUND",
        "APP_NOT_FOUND",
        "APP_DISABLED",
        "INSTANCE_ALREADY_INSTALLED",
        "REQUIRED_SCOPE_MISSING",
        "ID_TAKEN",
      ],
      body: approval.extend({
        appId: guid,
        instanceId: guid.optional().meta({ description: "Development only. Default: a new id" }),
      }),
      response: instanceResponse,
      handle: async ({ trx, actor, body, ids }) =>
        showInstance(await instances.install(trx, actor, { ...body, siteId: ids.siteId })),
    }),
    transition(instances, "remove", {
      method: "DELETE",
      path: "/instances/{instanceId}",
      operationId: "removeInstance",
      accounts: ["site-owner"],
      portal: ["apps"],
      summary:
        "Remove the app from the site; every token of the instance is invalid at once, also refresh tokens",
    }),
    transition(instances, "suspend", {
      path: "/instances/{instanceId}/suspend",
      operationId: "suspendInstance",
      summary: "Suspend an instance until it is resumed; its tokens are invalid at once, also refresh tokens",
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED"],
    }),
    transition(instances, "resume", {
      path: "/instances/{instanceId}/resume",
      operationId: "resumeInstance",
      summary: "Resume a suspended instance; it can request tokens again, and its old ones stay invalid",
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED"],
    }),
    transition(instances, "revokeTokens", {
      path: "/instances/{instanceId}/revoke-tokens",
      operationId: "revokeInstanceTokens",
      accounts: ["app-developer", "site-owner"],
      portal: ["instances", "apps"],
      summary: "Revoke every access token and refresh token of an instance",
    }),
    ...grantChanges(instances),
  ];
}

/** What the owner decides about the scopes of an instance. */
function grantChanges(instances: Instances): readonly ManagementRoute[] {
  return [
    change({
      method: "POST",
      path: "/instances/{instanceId}/approve",
      tag,
      operationId: "approveInstance",
      summary: "Set the scopes that the owner approves; they apply to existing tokens at once",
      scope: "instances:write",
      accounts: ["site-owner"],
      portal: ["apps"],
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "REQUIRED_SCOPE_MISSING"],
      example: { grant: ["$SCOPE_ID"] },
      body: approval,
      response: instanceResponse,
      handle: async ({ trx, actor, body, ids }) =>
        showInstance(await instances.approve(trx, actor, { instanceId: ids.instanceId, grant: body.grant })),
    }),
    change({
      method: "POST",
      path: "/instances/{instanceId}/withdraw",
      tag,
      operationId: "withdrawScopes",
      summary: "Take optional scopes out of the grant; it applies to existing tokens at once",
      scope: "instances:write",
      accounts: ["site-owner"],
      portal: ["apps"],
      errors: ["INSTANCE_NOT_FOUND", "INSTANCE_NOT_INSTALLED", "REQUIRED_SCOPE_MISSING"],
      example: { scopes: ["$SCOPE_ID"] },
      body: z.strictObject({ scopes: grant.min(1) }),
      response: instanceResponse,
      handle: async ({ trx, actor, body, ids }) =>
        showInstance(await instances.withdraw(trx, actor, { ...body, instanceId: ids.instanceId })),
    }),
  ];
}

/** A change of an instance that needs only its id. */
function transition(
  instances: Instances,
  operation: "remove" | "suspend" | "resume" | "revokeTokens",
  route: {
    readonly method?: "DELETE";
    readonly path: `/instances/{instanceId}${string}`;
    readonly operationId: string;
    readonly accounts?: readonly AccountRule[];
    readonly portal?: PortalRule;
    readonly summary: string;
    readonly errors?: readonly ApiErrorCode[];
  },
): ManagementRoute {
  return change({
    method: "POST",
    tag,
    scope: "instances:write",
    errors: ["INSTANCE_NOT_FOUND"],
    ...route,
    response: instanceResponse,
    handle: async ({ trx, actor, ids }) =>
      showInstance(await instances[operation](trx, actor, ids.instanceId)),
  });
}

interface AppInstanceFilters extends InstanceFilters {
  readonly appId: string;
  readonly externalId?: string | undefined;
  readonly order?: "lastToken" | undefined;
}

/** Throws `APP_NOT_FOUND`, and a violation for filters that exclude each other. */
async function findOfApp(
  db: Queries,
  { externalId, order, ...filters }: AppInstanceFilters,
  page: Page,
): Promise<FoundPage<ListedInstance>> {
  await readApp(db, filters.appId);
  if (order !== undefined && filters.token !== undefined) {
    throw invalidField("order", "cannot be used with token=never", "ONE_OF_ALIGNMENT");
  }
  const site = externalId === undefined ? undefined : await findSite(db, externalId);
  const siteId = externalId === undefined ? filters.siteId : site?.siteId;
  if (externalId !== undefined && (site === undefined || (filters.siteId ?? siteId) !== siteId))
    return { rows: [] };
  if (siteId === undefined && order !== undefined) return await findByLastToken(db, filters, page);
  const { rows, ...found } = await findInstances(db, { ...filters, siteId }, page);
  if (order === undefined) return { rows, ...found };
  return { rows: rows.filter(({ instance }) => instance.lastTokenAt !== null) };
}

/** Throws `INSTANCE_NOT_FOUND`, also for an instance of an app that the key is not bound to. */
async function readOwn(db: Queries, instanceId: string, principal: Principal): Promise<Instance> {
  const instance = await readInstance(db, instanceId);
  requireOwnApp(principal, instance.appId, "INSTANCE_NOT_FOUND");
  return instance;
}

function showInstance(instance: Instance): z.input<typeof instanceResponse> {
  return {
    ...instance,
    grant: [...instance.grant],
    declined: [...instance.declined],
    preApproved: [...instance.preApproved],
    setupCompletedAt: instance.setupCompletedAt === null ? null : isoTime(instance.setupCompletedAt),
    createdAt: isoTime(instance.createdAt),
    updatedAt: isoTime(instance.updatedAt),
    lastTokenAt: instance.lastTokenAt === null ? null : isoTime(instance.lastTokenAt),
  };
}
