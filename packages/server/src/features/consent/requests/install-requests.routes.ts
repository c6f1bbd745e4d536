import { z } from "zod";
import { isoTime } from "../../../infrastructure/clock/index.ts";
import type { Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import { change, list, type ManagementRoute } from "../../../infrastructure/management/index.ts";
import { dottedName, time } from "../../../infrastructure/routes/index.ts";
import { readSite } from "../../sites/index.ts";
import { listAllRequests, listRequests } from "./install-requests.queries.ts";
import { type InstallRequest, type InstallRequests, toInstallRequest } from "./install-requests.ts";

const tag = "Instances";
const state = z.enum(["pending", "approved", "declined"]);

const requestResponse = z
  .object({
    requestId: z.string(),
    appId: z.guid(),
    siteId: z.guid(),
    accountId: z.string(),
    state,
    decidedBy: z.string().nullable(),
    createdAt: time,
    decidedAt: time.nullable(),
    expiresAt: time,
  })
  .meta({ id: "InstallRequest", description: "A member of a site asks an owner to install an app" });

const ofOwners = { accounts: ["site-owner"], portal: ["requests"] } as const;

const shown = {
  item: requestResponse,
  position: ({ requestId }: InstallRequest) => requestId,
  show: showRequest,
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
      return { ...more, rows: rows.map(toInstallRequest) };
    },
  }),
  list({
    path: "/sites/{siteId}/install-requests",
    tag,
    operationId: "listInstallRequests",
    summary: "List the requests of members of a site to install apps",
    scope: "members:read",
    ...ofOwners,
    errors: ["SITE_NOT_FOUND"],
    filters: z.strictObject({ state: state.optional() }),
    ...shown,
    async find({ db, filters, ids: { siteId }, page }) {
      await readSite(db, siteId);
      return (await listRequests(db, { ...page, ...filters, siteId })).map(toInstallRequest);
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
        return showRequest(await requests.read(trx, requestId));
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
        return showRequest(await requests.decline(trx, actor, requestId));
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

/** Omits the return address: it contains the app's `state`. */
function showRequest({ returnTo: _, ...request }: InstallRequest): z.input<typeof requestResponse> {
  return {
    ...request,
    createdAt: isoTime(request.createdAt),
    decidedAt: request.decidedAt === null ? null : isoTime(request.decidedAt),
    expiresAt: isoTime(request.expiresAt),
  };
}
