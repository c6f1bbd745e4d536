import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  read,
  requireOperator,
  restrictedAccount,
} from "../../infrastructure/management/index.ts";
import { guid, someOf, text, time, webAddress } from "../../infrastructure/routes/index.ts";
import type { Site } from "./site.ts";
import { listSites, lockSite, readSite } from "./sites.queries.ts";
import type { Sites } from "./sites.ts";

const tag = "Sites";

const externalId = text(200).meta({ description: "The platform owner's own id of the site" });
const locale = z
  .string()
  .regex(/^[a-z]{2}$/, "must be two lower-case letters, such as en")
  .meta({ description: "ISO 639-1; default en" });
const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, "must be three capital letters, such as USD")
  .meta({ description: "ISO 4217; default USD" });

const siteFields = z.strictObject({
  name: text(200),
  externalId: externalId.optional(),
  locale: locale.optional(),
  currency: currency.optional(),
  url: webAddress.optional(),
});

const newSite = siteFields.extend({
  siteId: guid.optional().meta({ description: "Development only. Default: a new id" }),
});

const siteChanges = someOf(
  siteFields.partial().extend({
    externalId: externalId.nullable().optional(),
    url: webAddress.nullable().optional(),
  }),
);

const siteResponse = z
  .object({
    siteId: z.guid(),
    name: z.string(),
    externalId: z.string().nullable(),
    locale: z.string(),
    currency: z.string(),
    url: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "Site", description: "A tenant" });

const reads: readonly ManagementRoute[] = [
  list({
    path: "/sites",
    tag,
    operationId: "listSites",
    summary: "List sites",
    scope: "sites:read",
    accounts: ["account"],
    filters: z.strictObject({
      externalId: externalId.optional(),
      name: text(200).optional().meta({ description: "A part of the name" }),
    }),
    item: siteResponse,
    find: ({ db, filters, page, principal }) =>
      listSites(db, { ...filters, member: restrictedAccount(principal)?.accountId }, page),
    position: (site) => site.siteId,
    show: showSite,
  }),
  read({
    path: "/sites/{siteId}",
    tag,
    operationId: "getSite",
    summary: "Read a site",
    scope: "sites:read",
    accounts: ["site-member"],
    portal: ["apps", "requests"],
    errors: ["SITE_NOT_FOUND"],
    response: siteResponse,
    changes: siteChanges,
    handle: async ({ db, ids }) => showSite(await readSite(db, ids.siteId)),
  }),
];

/** Management of sites. */
export function siteRoutes(sites: Sites): readonly ManagementRoute[] {
  return [
    ...reads,
    change({
      method: "POST",
      path: "/sites",
      tag,
      operationId: "createSite",
      summary: "Create a site; an account that creates one is its owner",
      scope: "sites:write",
      accounts: ["developer"],
      example: { name: "Corner Shop" },
      errors: ["EXTERNAL_ID_TAKEN", "ID_TAKEN", "TOO_MANY_SITES"],
      body: newSite,
      response: siteResponse,
      async handle({ trx, actor, body, principal }) {
        // The platform finds its sites by this id.
        if (body.externalId !== undefined) requireOperator(principal);
        const site = await sites.create(trx, actor, body);
        await sites.addOwner(trx, actor, { principal, siteId: site.siteId });
        return showSite(site);
      },
    }),
    change({
      method: "PATCH",
      path: "/sites/{siteId}",
      tag,
      operationId: "changeSite",
      summary: "Change a site",
      scope: "sites:write",
      accounts: ["site-owner"],
      example: { name: "Corner Shop" },
      errors: ["SITE_NOT_FOUND", "EXTERNAL_ID_TAKEN"],
      body: siteChanges,
      response: siteResponse,
      current: async ({ trx, ids }) => showSite(await lockSite(trx, ids.siteId)),
      async handle({ trx, actor, body, ids, principal }) {
        if (body.externalId !== undefined) requireOperator(principal);
        return showSite(await sites.change(trx, actor, { ...body, siteId: ids.siteId }));
      },
    }),
    ...copiesAndDeletions(sites),
  ];
}

/** What changes a site as a whole. */
function copiesAndDeletions(sites: Sites): readonly ManagementRoute[] {
  return [
    change({
      method: "DELETE",
      path: "/sites/{siteId}",
      tag,
      operationId: "deleteSite",
      summary: "Remove every app from a site and delete the site; its content is deleted in the background",
      scope: "sites:write",
      accounts: ["site-owner"],
      errors: ["SITE_NOT_FOUND"],
      response: z.object({}),
      async prepare(_body, principal, { actor, ids: { siteId } }) {
        await sites.requireDeletable(principal, siteId);
        await sites.remove(actor, siteId);
      },
      handle: async () => ({}),
    }),
    change({
      method: "POST",
      path: "/sites/{siteId}/copy",
      tag,
      operationId: "copySite",
      summary:
        "Create a second site with the same content and new instances of the same apps; an account that calls is its owner",
      scope: "sites:write",
      accounts: ["site-owner"],
      errors: ["SITE_NOT_FOUND", "TOO_MANY_SITES"],
      response: siteResponse,
      async prepare(_body, principal, { actor, ids }) {
        await sites.requireRoom(principal);
        return await sites.prepareCopy(actor, ids.siteId);
      },
      async handle({ trx, actor, prepared, principal }) {
        const site = await sites.completeCopy(trx, actor, prepared);
        await sites.addOwner(trx, actor, { principal, siteId: site.siteId });
        return showSite(site);
      },
    }),
  ];
}

function showSite(site: Site): z.input<typeof siteResponse> {
  return { ...site, createdAt: isoTime(site.createdAt), updatedAt: isoTime(site.updatedAt) };
}
