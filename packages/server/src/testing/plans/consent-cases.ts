import { expect } from "vitest";
import { countLinks, findLink } from "../../features/consent/links/install-links.queries.ts";
import { countPending, listRequests } from "../../features/consent/requests/install-requests.queries.ts";
import { prepareFindPortalLink, usePortalLink } from "../../features/portal/portal-links.queries.ts";
import { listSitesOfAccount } from "../../features/sites/members.queries.ts";
import { filledIds } from "./filled-database.ts";
import type { PlanCase } from "./webhook-cases.ts";

const siteId = filledIds.site(7);

/** What the pages on which people install apps read. */
export const consentCases: readonly PlanCase[] = [
  {
    name: "finding an install link by its digest",
    async run({ database: { read } }) {
      expect(await findLink(read, ["digest 500007", "none"])).toMatchObject({ outcome: null });
    },
    indexes: { install_links: ["install_links_by_digest"] },
  },
  {
    name: "counting the install links of a site",
    async run({ database: { read }, now }) {
      expect(await countLinks(read, { siteId, now, limit: 100 })).toBe(100);
    },
    indexes: { install_links: ["install_links_by_site"] },
  },
  {
    name: "finding the link of a portal, and using a link",
    async run({ database, now }) {
      const linkId = filledIds.site(500_007);
      expect(await prepareFindPortalLink(database)(linkId)).toMatchObject({ digest: "digest 500007" });
      const use = { sessionDigest: "session", now, expiresAt: now + 1 };
      await database.write(async (trx) => {
        expect(await usePortalLink(trx, ["digest 7", "none"], use)).toBeUndefined();
      });
    },
    indexes: { portal_links: ["portal_links_pkey", "portal_links_by_digest"] },
  },
  {
    name: "counting and listing requests to install",
    async run({ database: { read } }) {
      expect(await countPending(read, "account_id", { id: "account 500008", limit: 21 })).toBe(1);
      expect(await countPending(read, "site_id", { id: siteId, limit: 201 })).toBe(201);
      const page = { after: filledIds.site(500_000), limit: 101 };
      expect(await listRequests(read, { ...page, siteId, state: "pending" })).toHaveLength(101);
    },
  },
  {
    name: "listing the sites that a person may choose from",
    async run({ database: { read } }) {
      expect(await listSitesOfAccount(read, { accountId: filledIds.account(7), limit: 200 })).toHaveLength(1);
    },
  },
];
