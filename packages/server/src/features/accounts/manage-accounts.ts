import type { AccountsTable, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { deleteAccount, updateAccount } from "./accounts.queries.ts";
import { deleteSessions } from "./sessions/sessions.queries.ts";

/** Changes of an account. A field that is undefined stays as it is. */
export interface AccountChanges {
  readonly email?: string | null | undefined;
  readonly name?: string | undefined;
  readonly isDeveloper?: boolean | undefined;
  readonly isOperator?: boolean | undefined;
  /** A disabled account cannot sign in, and its sessions end. */
  readonly disabled?: boolean | undefined;
  /** The hash to store. A change ends every session. */
  readonly password?: string | undefined;
}

interface Change {
  readonly trx: Write;
  readonly actor: Actor;
  readonly now: number;
}

/** Throws `ACCOUNT_NOT_FOUND`, `EMAIL_TAKEN`. */
export async function changeAccount(
  audit: AuditLog,
  { actor, now, trx }: Change,
  { accountId, ...changes }: AccountChanges & { accountId: string },
): Promise<AccountsTable> {
  const { disabled, isDeveloper, isOperator, password, ...texts } = changes;
  const account = await updateAccount(trx, accountId, {
    ...texts,
    password,
    is_developer: isDeveloper === undefined ? undefined : Number(isDeveloper),
    is_operator: isOperator === undefined ? undefined : Number(isOperator),
    disabled_at: disabled === undefined ? undefined : disabled ? now : null,
    updated_at: now,
  });
  const endsSessions = disabled === true || password !== undefined;
  const endedSessions = endsSessions ? await deleteSessions(trx, { accountId }) : 0;
  const passwordChanged = password !== undefined;
  const details = { accountId, ...texts, disabled, isDeveloper, isOperator, passwordChanged, endedSessions };
  await audit.append(trx, actor, { action: "account.changed", details });
  return account;
}

/** Deletes an account; its sessions and its memberships of sites end. Throws `ACCOUNT_NOT_FOUND`. */
export async function removeAccount(
  audit: AuditLog,
  { actor, now, trx }: Change,
  accountId: string,
): Promise<void> {
  const endedMemberships = await deleteAccount(trx, accountId, now);
  await audit.append(trx, actor, { action: "account.deleted", details: { accountId, endedMemberships } });
}
