import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import type { AccountsTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  change,
  list,
  type ManagementRoute,
  type Principal,
  read,
} from "../../infrastructure/management/index.ts";
import { someOf, text, time } from "../../infrastructure/routes/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { emailAddress, newPassword, toAccount } from "./account.ts";
import { listAccounts, lockAccount, readAccount } from "./accounts.queries.ts";
import type { Accounts } from "./accounts.ts";
import { changeAccount, removeAccount } from "./manage-accounts.ts";

const tag = "Accounts";
const path = "/accounts/{accountId}";

const isDeveloper = z.boolean().meta({ description: "Whether the account may create apps" });
const isOperator = z.boolean().meta({ description: "Whether the account may do everything" });

const newAccount = z.strictObject({
  email: emailAddress,
  name: text(200),
  password: newPassword.optional(),
  isDeveloper: isDeveloper.optional(),
  isOperator: isOperator.optional(),
});

const accountChanges = someOf(
  newAccount.partial().extend({
    email: emailAddress.nullable().optional(),
    disabled: z.boolean().optional(),
  }),
);

/** An account in responses. */
export const accountFields = {
  accountId: z.guid() as z.ZodGUID,
  email: z.string().nullable() as z.ZodNullable<z.ZodString>,
  name: z.string() as z.ZodString,
  isDeveloper: isDeveloper as z.ZodBoolean,
  isOperator: isOperator as z.ZodBoolean,
};

const accountResponse = z
  .object({
    ...accountFields,
    hasPassword: z.boolean(),
    disabled: z.boolean().meta({ description: "A disabled account cannot sign in" }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: "Account", description: "A person who signs in" });

/** What the routes of accounts need. */
export interface AccountRouteDependencies {
  readonly accounts: Accounts;
  readonly audit: AuditLog;
}

const reads: readonly ManagementRoute[] = [
  list({
    path: "/accounts",
    tag,
    operationId: "listAccounts",
    summary: "List accounts",
    scope: "accounts:read",
    filters: z.strictObject({ email: emailAddress.optional() }),
    item: accountResponse,
    find: ({ db, filters, page }) => listAccounts(db, { ...page, ...filters }),
    position: (account) => account.account_id,
    show: showAccount,
  }),
  read({
    path,
    tag,
    operationId: "getAccount",
    summary: "Read an account",
    scope: "accounts:read",
    errors: ["ACCOUNT_NOT_FOUND"],
    response: accountResponse,
    changes: accountChanges,
    handle: async ({ db, ids }) => showAccount(await readAccount(db, ids.accountId)),
  }),
];

/** Management of accounts. */
export function accountRoutes({ accounts, audit }: AccountRouteDependencies): readonly ManagementRoute[] {
  const hashed = async ({ password }: { password?: string | undefined }, { name }: { name: string }) =>
    password === undefined ? undefined : await accounts.passwords.hash(password, name);
  return [
    ...reads,
    change({
      method: "POST",
      path: "/accounts",
      tag,
      operationId: "createAccount",
      summary: "Create an account; without a password it cannot sign in until it gets one",
      scope: "accounts:write",
      example: { email: "ada@example.com", name: "Ada", isDeveloper: true },
      errors: ["EMAIL_TAKEN", "RESOURCE_EXHAUSTED"],
      body: newAccount,
      response: accountResponse,
      prepare: hashed,
      async handle({ trx, actor, body, prepared, principal }) {
        if (body.isOperator) requireFullAccess(principal);
        const { isDeveloper = false, isOperator = false, ...input } = body;
        const password = prepared ?? null;
        return showAccount(
          await accounts.create(trx, actor, { ...input, isDeveloper, isOperator, password }),
        );
      },
    }),
    change({
      method: "PATCH",
      path,
      tag,
      operationId: "changeAccount",
      summary: "Change an account; a new password or `disabled` ends its sessions",
      scope: "accounts:write",
      example: { isDeveloper: true },
      errors: ["ACCOUNT_NOT_FOUND", "EMAIL_TAKEN", "RESOURCE_EXHAUSTED"],
      body: accountChanges,
      response: accountResponse,
      async current({ trx, ids }) {
        await lockAccount(trx, ids.accountId);
        return showAccount(await readAccount(trx, ids.accountId));
      },
      prepare: hashed,
      async handle({ body, ids: { accountId }, prepared, principal, ...changing }) {
        const takesOver = [body.email, body.password, body.isOperator].some((given) => given !== undefined);
        if (takesOver || (await isOperatorNow(changing.trx, accountId))) requireFullAccess(principal);
        const changes = { ...body, accountId, password: prepared };
        return showAccount(await changeAccount(audit, changing, changes));
      },
    }),
    change({
      method: "DELETE",
      path,
      tag,
      operationId: "deleteAccount",
      summary: "Delete an account; its sessions, its memberships of sites and their tokens end at once",
      scope: "accounts:write",
      errors: ["ACCOUNT_NOT_FOUND"],
      async handle({ ids: { accountId }, principal, ...changing }) {
        if (await isOperatorNow(changing.trx, accountId)) requireFullAccess(principal);
        await removeAccount(audit, changing, accountId);
      },
    }),
  ];
}

async function isOperatorNow(trx: Write, accountId: string): Promise<boolean> {
  return (await readAccount(trx, accountId)).is_operator === 1;
}

/** Throws `PERMISSION_DENIED` for a key with limited scopes: it could take over an account with more access. */
function requireFullAccess({ scopes }: Principal): void {
  if (scopes === "all") return;
  throw new ApiError("PERMISSION_DENIED", {
    message:
      "Only the admin key and operators may change an operator, or the e-mail address or password of an account.",
    reason: "needs_full_access",
  });
}

function showAccount(row: AccountsTable): z.input<typeof accountResponse> {
  return {
    ...toAccount(row),
    hasPassword: row.password !== null,
    disabled: row.disabled_at !== null,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}
