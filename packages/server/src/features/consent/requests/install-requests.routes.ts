import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  type Principal,
  restrictedAccount,
} from "../../../infrastructure/management/index.ts";
import { dottedName, time } from "../../../infrastructure/routes/index.ts";
import { readAccountNames } from "../../accounts/index.ts";
import { readApps } from "../../apps/index.ts";
import { readSite } from "../../sites/index.ts";
import { mayInstall } from "../people.ts";
import { listAllRequests, listRequests } from "./install-requests.queries.ts";
import { type InstallRequest, type InstallRequests, toInstallRequest } from "./install-requests.ts";

const tag = "Instances";
const state = z.enum(["pending", "approved", "declined"]);

const requestResponse = z
  .object({
    requestId: z.string(),
    appId: z.guid(),
    appName: z.string().nullable().meta({ description: "Null for an app that was deleted" }),
    siteId: z.guid(),
    accountId: z.string(),
    accountName: z.string().nullable().meta({ description: "Null for an account that was deleted" }),
    state,
    decidedBy: z.string().nullable(),
    createdAt: time,
    decidedAt: time.nullable(),
    expiresAt: time,
  })
  .meta({ id: "InstallRequest", description: "A member of a site asks an owner to install an app" });

type ShownRequest = z.input<typeof requestResponse>;
const ofOwners = { accounts: ["site-owner"], portal: ["requests"] } as const;

const shown = {
  item: requestResponse,
  position: ({ requestId }: ShownRequest) => requestId,
  show: (request: ShownRequest) => request,
} as const;

const lists: readonly ManagementRoute[] = [
  list({
    path: "/install-requests",
    tag,
    operationId: "listAllInstallRequests",
    summary: "List the requests of members of all sites to install apps, newest first",
    scope: "members:read",
    filters: z.strictObject({ state: state.optional() }),
    ...shown,
    async find({ db, filters, page }) {
      const { rows, ...more } = await listAllRequests(db, filters, page);
      return { ...more, rows: await withNames(db, rows.map(toInstallRequest)) };
    },
  }),
  list({
    path: "/sites/{siteId}/install-requests",
    tag,
    operationId: "listInstallRequests",
    summary:
      "List the requests of members of a site to install apps; a member who is no owner gets only its own",
    scope: "members:read",
    accounts: ["site-member"],
    portal: ofOwners.portal,
    errors: ["SITE_NOT_FOUND"],
    filters: z.strictObject({ state: state.optional() }),
    ...shown,
    async find({ db, filters, ids: { siteId }, page, principal }) {
      await readSite(db, siteId);
      const accountId = await onlyOwn(db, principal, siteId);
      const rows = await listRequests(db, { ...page, ...filters, siteId, accountId });
      return await withNames(db, rows.map(toInstallRequest));
    },
  }),
];

/** Management of requests to install apps. */
export function installRequestRoutes(requests: InstallRequests): readonly ManagementRoute[] {
  return [
    ...lists,
    change({
      method: "POST",
      path: "/sites/{siteId}/install-requests/{requestId}/approve",
      tag,
      operationId: "approveInstallRequest",
      summary: "Install the app of a request",
      scope: "instances:write",
      ...ofOwners,
      errors: [
        ...([
          "INSTALL_REQUEST_NOT_FOUND",
          "INSTALL_REQUEST_DECIDED",
          "APP_NOT_FOUND",
          "APP_DISABLED",
        ] as const),
        ...(["SITE_NOT_FOUND", "INSTANCE_ALREADY_INSTALLED", "REQUIRED_SCOPE_MISSING"] as const),
      ],
      example: {},
      body: z.strictObject({
        grant: z
          .array(dottedName)
          .max(200)
          .optional()
          .meta({ description: "Scopes that the owner approves. Default: all that the app requests" }),
      }),
      response: requestResponse,
      async handle({ trx, actor, body: { grant }, ids: { requestId, siteId } }) {
        await requireOfSite(requests, trx, { requestId, siteId });
        await requests.approve(trx, actor, { requestId, grant });
        return await show(trx, await requests.read(trx, requestId));
      },
    }),
    change({
      method: "POST",
      path: "/sites/{siteId}/install-requests/{requestId}/decline",
      tag,
      operationId: "declineInstallRequest",
      summary: "Decline a request to install an app",
      scope: "instances:write",
      ...ofOwners,
      errors: ["INSTALL_REQUEST_NOT_FOUND", "INSTALL_REQUEST_DECIDED", "SITE_NOT_FOUND"],
      response: requestResponse,
      async handle({ trx, actor, ids: { requestId, siteId } }) {
        await requireOfSite(requests, trx, { requestId, siteId });
        return await show(trx, await requests.decline(trx, actor, requestId));
      },
    }),
  ];
}

/** Throws `INSTALL_REQUEST_NOT_FOUND` for a request of another site. */
async function requireOfSite(
  requests: InstallRequests,
  trx: Write,
  { requestId, siteId }: { requestId: string; siteId: string },
): Promise<void> {
  const request = await requests.read(trx, requestId);
  if (request.siteId !== siteId) throw new ApiError("INSTALL_REQUEST_NOT_FOUND");
}

/** The account whose requests the caller may list; undefined for owners, operators and keys, who may list all. */
async function onlyOwn(db: Queries, principal: Principal, siteId: string): Promise<string | undefined> {
  const account = restrictedAccount(principal);
  if (account === undefined) return undefined;
  const isOwner = await mayInstall(db, { siteId, accountId: account.accountId });
  return isOwner ? undefined : account.accountId;
}

async function show(db: Queries, request: InstallRequest): Promise<ShownRequest> {
  return (await withNames(db, [request]))[0] as ShownRequest;
}

/** Adds the names of apps and of accounts, and omits the return address: it contains the app's `state`. */
async function withNames(db: Queries, requests: readonly InstallRequest[]): Promise<ShownRequest[]> {
  const apps = await readApps(db, [...new Set(requests.map(({ appId }) => appId))]);
  const accountNames = await readAccountNames(
    db,
    requests.map(({ accountId }) => accountId),
  );
  return requests.map(({ returnTo: _, ...request }) => ({
    ...request,
    appName: apps.find(({ appId }) => appId === request.appId)?.name ?? null,
    accountName: accountNames.get(request.accountId) ?? null,
    createdAt: isoTime(request.createdAt),
    decidedAt: request.decidedAt === null ? null : isoTime(request.decidedAt),
    expiresAt: isoTime(request.expiresAt),
  }));
}
