import type { PasskeysTable, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError, UniqueViolation } from "../../../infrastructure/errors/index.ts";
import { type Page, pageAfter } from "../../../infrastructure/management/index.ts";

/** Throws `PASSKEY_EXISTS`. */
export async function insertPasskey(trx: Write, passkey: PasskeysTable): Promise<void> {
  await trx
    .insertInto("passkeys")
    .values(passkey)
    .execute()
    .catch((error: unknown) => {
      throw error instanceof UniqueViolation ? new ApiError("PASSKEY_EXISTS") : error;
    });
}

export async function findPasskey(db: Queries, passkeyId: string): Promise<PasskeysTable | undefined> {
  return await db.selectFrom("passkeys").selectAll().where("passkey_id", "=", passkeyId).executeTakeFirst();
}

/** One page of the passkeys of an account. */
export async function listPasskeys(
  db: Queries,
  { accountId, ...page }: Page & { accountId: string },
): Promise<PasskeysTable[]> {
  const passkeys = db.selectFrom("passkeys").selectAll().where("account_id", "=", accountId);
  return await pageAfter(passkeys, "passkey_id", page).execute();
}

/**
 * Stores the counter of a passkey. Returns false when it does not rise: the authenticator was copied, or signed in
 * twice at once. An authenticator without a counter always has 0.
 */
export async function raiseCounter(
  trx: Write,
  { counter, now, passkeyId }: { passkeyId: string; counter: number; now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("passkeys")
    .set({ counter, used_at: now })
    .where("passkey_id", "=", passkeyId)
    .where((eb) => (counter === 0 ? eb("counter", "=", 0) : eb("counter", "<", counter)))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Returns whether the account had the passkey. */
export async function deletePasskey(
  trx: Write,
  { accountId, passkeyId }: { accountId: string; passkeyId: string },
): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom("passkeys")
    .where("passkey_id", "=", passkeyId)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Stores a used challenge. Returns false when it is stored already. */
export async function insertUsedChallenge(
  trx: Write,
  used: { challenge: string; expires_at: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto("used_challenges")
    .values(used)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows !== 0n;
}
