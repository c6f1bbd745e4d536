import { z } from "zod";
import type { Queries } from "../../infrastructure/database/index.ts";
import { change, list, type ManagementRoute, read } from "../../infrastructure/management/index.ts";
import { readAccountNames } from "../accounts/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { requireRole, roleName } from "../permissions/index.ts";
import { listMembers, type Member, putMember, readMember, removeMember } from "./members.queries.ts";
import { lockSiteShared, readSite } from "./sites.queries.ts";

const tag = "Members";
const path = "/sites/{siteId}/members/{accountId}";

/** The platform owner's own id of a person. It is the subject of that person's tokens. */
export const accountIdText: z.ZodString = z
  .string()
  .max(100)
  .regex(/^[\w.:@-]+$/, "must have only letters, digits and _ . : @ -")
  .meta({ description: "Your own id of the person" });

const memberResponse = z
  .object({
    siteId: z.guid(),
    accountId: z.string(),
    name: z.string().nullable().meta({ description: "Of the account; null for a person without an account" }),
    role: z.string(),
  })
  .meta({ id: "Member", description: "A person who belongs to a site" });

const memberReads: readonly ManagementRoute[] = [
  list({
    path: "/sites/{siteId}/members",
    tag,
    operationId: "listMembers",
    summary: "List the members of a site",
    scope: "members:read",
    accounts: ["site-member"],
    errors: ["SITE_NOT_FOUND"],
    item: memberResponse,
    async find({ db, ids: { siteId }, page }) {
      await readSite(db, siteId);
      return await withNames(db, await listMembers(db, { ...page, siteId }));
    },
    position: (member) => member.accountId,
    show: (member) => member,
  }),
  read({
    path,
    names: { accountId: accountIdText },
    tag,
    operationId: "getMember",
    summary: "Read a member of a site",
    scope: "members:read",
    accounts: ["site-member"],
    errors: ["SITE_NOT_FOUND", "MEMBER_NOT_FOUND"],
    response: memberResponse,
    async handle({ db, ids: { accountId, siteId } }) {
      await readSite(db, siteId);
      const { role } = await readMember(db, { siteId, accountId });
      return await shown(db, { siteId, accountId, role });
    },
  }),
];

/** Management of the members of sites. */
export function memberRoutes(audit: AuditLog): readonly ManagementRoute[] {
  return [
    ...memberReads,
    change({
      method: "PUT",
      path,
      names: { accountId: accountIdText },
      tag,
      operationId: "putMember",
      summary: "Add a member to a site, or change its role; the role applies from the next call on",
      scope: "members:write",
      accounts: ["site-owner"],
      errors: ["SITE_NOT_FOUND", "ROLE_NOT_FOUND"],
      body: z.strictObject({ role: roleName }),
      response: memberResponse,
      async handle({ trx, actor, body: { role }, ids: { accountId, siteId }, now }) {
        await lockSiteShared(trx, siteId);
        await requireRole(trx, role);
        const member = { siteId, accountId, role };
        await putMember(trx, member, now);
        await audit.append(trx, actor, { action: "member.set", siteId, details: { accountId, role } });
        return await shown(trx, member);
      },
    }),
    change({
      method: "DELETE",
      path,
      names: { accountId: accountIdText },
      tag,
      operationId: "deleteMember",
      summary:
        "Remove a member from a site; its tokens are invalid at once, and stay so if it is added again",
      scope: "members:write",
      accounts: ["site-owner"],
      errors: ["SITE_NOT_FOUND", "MEMBER_NOT_FOUND"],
      async handle({ trx, actor, ids: { accountId, siteId }, now }) {
        await lockSiteShared(trx, siteId);
        await removeMember(trx, { siteId, accountId, now });
        await audit.append(trx, actor, { action: "member.deleted", siteId, details: { accountId } });
      },
    }),
  ];
}

async function shown(db: Queries, member: Member): Promise<z.input<typeof memberResponse>> {
  const names = await readAccountNames(db, [member.accountId]);
  return { ...member, name: names.get(member.accountId) ?? null };
}

async function withNames(db: Queries, members: readonly Member[]): Promise<z.input<typeof memberResponse>[]> {
  const names = await readAccountNames(
    db,
    members.map(({ accountId }) => accountId),
  );
  return members.map((member) => ({ ...member, name: names.get(member.accountId) ?? null }));
}
