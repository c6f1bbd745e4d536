import { z } from "zod";
import type { AccountsTable } from "../../infrastructure/database/index.ts";
import type { Exchange } from "../../infrastructure/http/index.ts";

/** A person who signs in. */
export interface Account {
  readonly accountId: string;
  readonly email: string | null;
  readonly name: string;
  /** Whether the account may create apps. */
  readonly isDeveloper: boolean;
  readonly isOperator: boolean;
}

/** The account and the session of a request. */
export interface SignedIn {
  readonly account: Account;
  /** The id of the session, not the secret in its cookie. Form tokens are bound to it. */
  readonly sessionId: string;
}

/** An e-mail address, converted to lower case. */
export const emailAddress: z.ZodType<string, string> = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email("must be an e-mail address"));

/** A new password. Any characters are allowed. */
export const newPassword: z.ZodString = z
  .string()
  .min(12)
  .max(200)
  .meta({ description: "12 to 200 characters" });

/** Converts a row. */
export function toAccount(
  row: Pick<AccountsTable, "account_id" | "email" | "name" | "is_developer" | "is_operator">,
): Account {
  return {
    accountId: row.account_id,
    email: row.email,
    name: row.name,
    isDeveloper: row.is_developer === 1,
    isOperator: row.is_operator === 1,
  };
}

/** The network of the client, for which attempts to sign in are counted. */
export function networkOf({ clientAddress, clientNetwork }: Exchange): string {
  return clientNetwork?.() ?? clientAddress;
}
