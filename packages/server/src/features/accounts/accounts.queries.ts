import type { AccountsTable, Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../infrastructure/management/index.ts";

/** Throws `EMAIL_TAKEN`. */
export async function insertAccount(trx: Write, account: AccountsTable): Promise<void> {
  await trx.insertInto("accounts").values(account).execute().catch(translateUniqueViolation);
}

/** Finds the account with an e-mail address in lower case. */
export async function findAccountByEmail(db: Queries, email: string): Promise<AccountsTable | undefined> {
  return await db.selectFrom("accounts").selectAll().where("email", "=", email).executeTakeFirst();
}

/** Throws `ACCOUNT_NOT_FOUND`. */
export async function readAccount(db: Queries, accountId: string): Promise<AccountsTable> {
  return await db
    .selectFrom("accounts")
    .selectAll()
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow(notFound);
}

/** The names of accounts by id; ids without an account are absent. */
export async function readAccountNames(
  db: Queries,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom("accounts")
    .select(["account_id", "name"])
    .where("account_id", "in", ["", ...accountIds])
    .execute();
  return new Map(rows.map(({ account_id, name }) => [account_id, name]));
}

/** Reads an account and locks it against changes until the transaction ends. */
export async function lockAccount(trx: Write, accountId: string): Promise<AccountsTable | undefined> {
  return await trx
    .selectFrom("accounts")
    .selectAll()
    .where("account_id", "=", accountId)
    .forUpdate()
    .executeTakeFirst();
}

/** One page of the accounts, or the one with `email`. */
export async function listAccounts(
  db: Queries,
  page: Page & { email?: string | undefined },
): Promise<AccountsTable[]> {
  let accounts = db.selectFrom("accounts").selectAll();
  if (page.email !== undefined) accounts = accounts.where("email", "=", page.email);
  return await pageAfter(accounts, "account_id", page).execute();
}

/** Changes the fields that are not undefined. Throws `ACCOUNT_NOT_FOUND`, `EMAIL_TAKEN`. */
export async function updateAccount(
  trx: Write,
  accountId: string,
  changes: { readonly [Column in keyof AccountsTable]?: AccountsTable[Column] | undefined },
): Promise<AccountsTable> {
  const row = await trx
    .updateTable("accounts")
    .set(changes)
    .where("account_id", "=", accountId)
    .returningAll()
    .executeTakeFirst()
    .catch(translateUniqueViolation);
  if (row === undefined) throw notFound();
  return row;
}

/**
 * Deletes an account with its sessions and passkeys, and ends its memberships with their tokens. Throws
 * `ACCOUNT_NOT_FOUND`.
 *
 * @returns how many memberships ended
 */
export async function deleteAccount(trx: Write, accountId: string, now: number): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable("site_members")
    .set((eb) => ({ gen: eb("gen", "+", 1), removed_at: now, updated_at: now }))
    .where("account_id", "=", accountId)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  for (const table of ["account_sessions", "account_identities", "passkeys", "app_developers"] as const) {
    await trx.deleteFrom(table).where("account_id", "=", accountId).execute();
  }
  const { numDeletedRows } = await trx
    .deleteFrom("accounts")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound();
  return Number(numUpdatedRows);
}

function translateUniqueViolation(error: unknown): never {
  throw error instanceof UniqueViolation ? new ApiError("EMAIL_TAKEN") : error;
}

const notFound = () => new ApiError("ACCOUNT_NOT_FOUND");
