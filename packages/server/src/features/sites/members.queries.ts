import type { Page, Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { ownerRole } from "../../infrastructure/management/index.ts";

/** A person who belongs to a site. */
export interface Member {
  readonly siteId: string;
  /** The platform owner's own id of the person. */
  readonly accountId: string;
  readonly role: string;
}

/** A member with the generation of the membership, which is a claim of the member's tokens. */
export interface Membership extends Member {
  /** Incremented when the member is removed. A token with a lower generation is invalid. */
  readonly gen: number;
}

/** Throws `MEMBER_NOT_FOUND`. */
export async function readMember(
  db: Queries,
  { accountId, siteId }: Pick<Member, "siteId" | "accountId">,
): Promise<Membership> {
  const row = await currentMembers(db, siteId)
    .select(["role", "gen"])
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow(() => new ApiError("MEMBER_NOT_FOUND"));
  return { siteId, accountId, ...row };
}

/** Whether an account owns at least this many sites. */
export async function ownsSites(db: Queries, accountId: string, count: number): Promise<boolean> {
  const rows = await db
    .selectFrom("site_members as m")
    .innerJoin("sites as s", "s.site_id", "m.site_id")
    .select("m.site_id")
    .where("m.account_id", "=", accountId)
    .where("m.role", "=", ownerRole)
    .where("m.removed_at", "is", null)
    .where("s.deleted_at", "is", null)
    .limit(count)
    .execute();
  return rows.length === count;
}

/** Finds the account that has owned the site for the longest time. */
export async function findOwner(db: Queries, siteId: string): Promise<string | undefined> {
  const row = await currentMembers(db, siteId)
    .select("account_id")
    .where("role", "=", ownerRole)
    .orderBy("created_at")
    .orderBy("account_id")
    .executeTakeFirst();
  return row?.account_id;
}

/** A site of an account. */
export interface SiteOfAccount {
  readonly siteId: string;
  readonly name: string;
  /** The role of the account on the site. */
  readonly role: string;
}

/** The first sites, by id, that an account is a member of, sorted by name. */
export async function listSitesOfAccount(
  db: Queries,
  { accountId, limit }: { accountId: string; limit: number },
): Promise<SiteOfAccount[]> {
  const sites = await db
    .selectFrom("site_members as m")
    .innerJoin("sites as s", "s.site_id", "m.site_id")
    .select(["s.site_id as siteId", "s.name", "m.role"])
    .where("m.account_id", "=", accountId)
    .where("m.removed_at", "is", null)
    .where("s.deleted_at", "is", null)
    .orderBy("m.site_id")
    .limit(limit)
    .execute();
  return sites.sort((a, b) => a.name.localeCompare(b.name));
}

/** One page of the members of a site, by account id. */
export async function listMembers(db: Queries, query: Page & { siteId: string }): Promise<Member[]> {
  const rows = await currentMembers(db, query.siteId)
    .select(["site_id", "account_id", "role"])
    .where("account_id", ">", query.after)
    .orderBy("account_id")
    .limit(query.limit)
    .execute();
  return rows.map((row) => ({ siteId: row.site_id, accountId: row.account_id, role: row.role }));
}

/** Adds a member, or changes the role of a current one. Adding a removed member starts a new membership. */
export async function putMember(trx: Write, member: Member, now: number): Promise<void> {
  const { accountId: account_id, role, siteId: site_id } = member;
  await trx
    .insertInto("site_members")
    .values({ site_id, account_id, role, gen: 1, created_at: now, updated_at: now, removed_at: null })
    .onConflict((conflict) =>
      conflict.columns(["site_id", "account_id"]).doUpdateSet((eb) => ({
        role,
        updated_at: now,
        removed_at: null,
        created_at: eb
          .case()
          .when("site_members.removed_at", "is", null)
          .then(eb.ref("site_members.created_at"))
          .else(eb.ref("excluded.created_at"))
          .end(),
      })),
    )
    .execute();
}

/** Ends a membership and invalidates its tokens permanently. Throws `MEMBER_NOT_FOUND`. */
export async function removeMember(
  trx: Write,
  { accountId, now, siteId }: Pick<Member, "siteId" | "accountId"> & { now: number },
): Promise<void> {
  const result = await trx
    .updateTable("site_members")
    .set((eb) => ({ gen: eb("gen", "+", 1), removed_at: now, updated_at: now }))
    .where("site_id", "=", siteId)
    .where("account_id", "=", accountId)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows === 0n) throw new ApiError("MEMBER_NOT_FOUND");
}

function currentMembers(db: Queries, siteId: string) {
  return db.selectFrom("site_members").where("site_id", "=", siteId).where("removed_at", "is", null);
}
