import type { Queries, Write } from "../../../infrastructure/database/index.ts";

interface IdentityKey {
  readonly issuer: string;
  readonly subject: string;
}

/** Finds the account of a person of an identity provider, by issuer and subject. */
export async function findAccountOf(
  db: Queries,
  { issuer, subject }: IdentityKey,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("account_identities")
    .select("account_id")
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .executeTakeFirst();
  return row?.account_id;
}

/** Throws `UniqueViolation` when the person has an account. */
export async function insertIdentity(
  trx: Write,
  { accountId, issuer, now, subject }: IdentityKey & { accountId: string; now: number },
): Promise<void> {
  await trx
    .insertInto("account_identities")
    .values({ issuer, subject, account_id: accountId, created_at: now })
    .execute();
}
