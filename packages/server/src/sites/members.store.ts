import type { Queries, Write } from "../db/index.ts";
import { ApiError } from "../errors/index.ts";
import { ownerRole } from "../permissions/index.ts";

/** A person on a site. */
export interface Member {
  readonly siteId: string;
  /** The platform owner's own id of the person. */
  readonly accountId: string;
  readonly role: string;
}

/** Throws `MEMBER_NOT_FOUND`. */
export async function readMember(
  db: Queries,
  { accountId, siteId }: Pick<Member, "siteId" | "accountId">,
): Promise<Member> {
  const row = await db
    .selectFrom("site_members")
    .select("role")
    .where("site_id", "=", siteId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (row === undefined) throw new ApiError("MEMBER_NOT_FOUND");
  return { siteId, accountId, role: row.role };
}

/** The owner of a site who has been there longest; undefined when nobody is. */
export async function findOwner(db: Queries, siteId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("site_members")
    .select("account_id")
    .where("site_id", "=", siteId)
    .where("role", "=", ownerRole)
    .orderBy("created_at")
    .orderBy("account_id")
    .executeTakeFirst();
  return row?.account_id;
}

/** Members of a site by id, from behind `after`. */
export async function listMembers(
  db: Queries,
  query: { siteId: string; after: string; limit: number },
): Promise<Member[]> {
  const rows = await db
    .selectFrom("site_members")
    .select(["site_id", "account_id", "role"])
    .where("site_id", "=", query.siteId)
    .where("account_id", ">", query.after)
    .orderBy("account_id")
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({ siteId: row.site_id, accountId: row.account_id, role: row.role }));
}

export async function putMember(trx: Write, member: Member, now: number): Promise<void> {
  const changed = { role: member.role, updated_at: now };
  await trx
    .insertInto("site_members")
    .values({ site_id: member.siteId, account_id: member.accountId, ...changed, created_at: now })
    .onConflict((conflict) => conflict.columns(["site_id", "account_id"]).doUpdateSet(changed))
    .execute();
}

/** Throws `MEMBER_NOT_FOUND`. */
export async function deleteMember(
  trx: Write,
  { accountId, siteId }: Pick<Member, "siteId" | "accountId">,
): Promise<void> {
  const result = await trx
    .deleteFrom("site_members")
    .where("site_id", "=", siteId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (result.numDeletedRows === 0n) throw new ApiError("MEMBER_NOT_FOUND");
}
