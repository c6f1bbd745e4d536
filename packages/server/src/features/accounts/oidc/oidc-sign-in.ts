import type { Write } from "../../../infrastructure/database/index.ts";
import { UniqueViolation } from "../../../infrastructure/errors/index.ts";
import type { RouteCall } from "../../../infrastructure/routes/index.ts";
import { readAccount } from "../accounts.queries.ts";
import type { Accounts } from "../accounts.ts";
import { changeAccount } from "../manage-accounts.ts";
import type { SessionDependencies } from "../sessions/sessions.ts";
import { findAccountOf, insertIdentity } from "./identities.queries.ts";
import type { Identity, IdentityProvider } from "./identity-provider.ts";

/** What the sign-in by an identity provider needs. */
export interface OidcDependencies extends SessionDependencies {
  readonly accounts: Accounts;
  readonly identityProvider: IdentityProvider;
}

/**
 * Starts a session for the account of a person, which is found by issuer and subject, never by e-mail, and created
 * the first time. Each sign-in sets the flags from the groups. Returns the value of `Set-Cookie`. Throws
 * `SIGN_IN_FAILED` for a disabled account.
 */
export async function signInIdentity(
  deps: OidcDependencies,
  call: Pick<RouteCall, "exchange" | "request">,
  identity: Identity,
): Promise<string> {
  const { requestId } = call.exchange;
  const find = () => deps.database.write((trx) => findOrCreate(deps, trx, { identity, requestId }));
  const accountId = await find().catch((error: unknown) => {
    // Another sign-in of the same person has created the account.
    if (error instanceof UniqueViolation) return find();
    throw error;
  });
  return await deps.accounts.startSession(call, { accountId, method: "oidc" });
}

async function findOrCreate(
  { accounts, audit, clock, identityProvider }: OidcDependencies,
  trx: Write,
  { identity, requestId }: { identity: Identity; requestId: string },
): Promise<string> {
  const actor = { name: "identity-provider", requestId };
  const flags = identityProvider.flagsOf(identity);
  const now = clock.now();
  const known = await findAccountOf(trx, identity);
  if (known === undefined) {
    const { account_id: accountId } = await accounts.create(trx, actor, {
      email: null,
      name: identity.name,
      password: null,
      isDeveloper: flags?.isDeveloper ?? false,
      isOperator: flags?.isOperator ?? false,
    });
    await insertIdentity(trx, { ...identity, accountId, now });
    return accountId;
  }
  const { is_developer: isDeveloper, is_operator: isOperator } = await readAccount(trx, known);
  const differ =
    flags !== undefined &&
    (Number(flags.isDeveloper) !== isDeveloper || Number(flags.isOperator) !== isOperator);
  if (differ) await changeAccount(audit, { actor, now, trx }, { accountId: known, ...flags });
  return known;
}
