import type { AccountsTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Exchange } from "../../infrastructure/http/index.ts";
import type { AccountPrincipal, Actor } from "../../infrastructure/management/index.ts";
import type { RouteCall } from "../../infrastructure/routes/index.ts";
import { networkOf, type SignedIn } from "./account.ts";
import {
  findAccountByEmail,
  insertAccount,
  lockAccount,
  readAccount,
  updateAccount,
} from "./accounts.queries.ts";
import { Passwords } from "./passwords.ts";
import { deleteSessions } from "./sessions/sessions.queries.ts";
import { accountActor, type SessionDependencies, Sessions } from "./sessions/sessions.ts";
import { type Attempt, SignInLimits } from "./sign-in-limits.ts";

/** What accounts need. */
export interface AccountDependencies extends SessionDependencies {
  /** Whether anybody may create an account. */
  readonly signUp: boolean;
  /** Whether people sign in with passwords and passkeys. */
  readonly localSignIn: boolean;
}

/** The fields of a new account. */
export interface NewAccount {
  readonly email: string | null;
  readonly name: string;
  /** The hash to store; null for an account without a password. */
  readonly password: string | null;
  readonly isDeveloper: boolean;
  readonly isOperator: boolean;
}

/** A new password, after the check of the current one. */
interface NewPassword {
  /** The hash that the current password was checked with. */
  readonly stored: string | null;
  /** The hash to store. */
  readonly password: string;
}

type Call = Pick<RouteCall, "exchange" | "request">;

/** People who sign in, and their sessions. A method that starts or ends a session returns the value of `Set-Cookie`. */
export class Accounts {
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly #deps: AccountDependencies;
  readonly limits: SignInLimits;

  constructor(deps: AccountDependencies) {
    this.#deps = deps;
    this.passwords = new Passwords(deps.random);
    this.sessions = new Sessions(deps);
    this.limits = new SignInLimits(deps.clock);
  }

  /** Whether anybody may create an account. */
  get signUpIsOpen(): boolean {
    return this.#deps.signUp;
  }

  get localSignIn(): boolean {
    return this.#deps.localSignIn;
  }

  /** Throws `LOCAL_SIGN_IN_OFF` when people sign in with the identity provider only. */
  requireLocalSignIn(): void {
    if (!this.localSignIn) throw new ApiError("LOCAL_SIGN_IN_OFF");
  }

  /** Returns the account and the session of a request; undefined when it has no session that is valid now. */
  signedIn(request: Request): Promise<SignedIn | undefined> {
    return this.sessions.find(request);
  }

  /** Creates an account without flags, and signs it in. Throws `SIGN_UP_CLOSED`, `SIGN_IN_LIMITED`, `EMAIL_TAKEN`. */
  async signUp(call: Call, input: { email: string; name: string; password: string }): Promise<string> {
    if (!this.#deps.signUp) throw new ApiError("SIGN_UP_CLOSED");
    const { requestId } = call.exchange;
    const network = networkOf(call.exchange);
    this.limits.begin({ email: input.email, network });
    const password = await this.passwords.hash(input.password, network);
    return await this.#deps.database.write(async (trx) => {
      const flags = { isDeveloper: false, isOperator: false };
      const actor = { name: "sign-up", requestId };
      const { account_id: accountId } = await this.create(trx, actor, { ...input, ...flags, password });
      return await this.sessions.start(trx, { accountId, method: "password", requestId });
    });
  }

  /**
   * Starts a session, and ends the one that the request has. Throws `SIGN_IN_LIMITED`, `LOCAL_SIGN_IN_OFF`, and
   * `SIGN_IN_FAILED` for an unknown e-mail, a wrong password or a disabled account.
   */
  async signIn(call: Call, { email, password }: { email: string; password: string }): Promise<string> {
    this.requireLocalSignIn();
    const attempt = { email, network: networkOf(call.exchange) };
    this.limits.begin(attempt);
    const found = await findAccountByEmail(this.#deps.database.read, email);
    const matches = await this.#check(attempt, password, found?.password);
    if (found === undefined || !matches) throw new ApiError("SIGN_IN_FAILED");
    const start = { accountId: found.account_id, method: "password" };
    return await this.startSession(call, start, async (_, account) => {
      // The password may have changed during the check.
      if (account.password !== found.password) throw new ApiError("SIGN_IN_FAILED");
    });
  }

  /**
   * Starts a session, and ends the one that the request has. Throws `SIGN_IN_FAILED` for an account that is disabled.
   *
   * @param check runs in the transaction; throws when the account must not sign in after all
   */
  async startSession(
    { exchange: { requestId }, request }: Call,
    { accountId, method }: { accountId: string; method: string },
    check: (trx: Write, account: AccountsTable) => Promise<void> = async () => {},
  ): Promise<string> {
    const previous = await this.signedIn(request);
    return await this.#deps.database.write(async (trx) => {
      const account = await lockAccount(trx, accountId);
      if (account === undefined || account.disabled_at !== null) throw new ApiError("SIGN_IN_FAILED");
      await check(trx, account);
      if (previous !== undefined) await this.#end(trx, previous, requestId);
      return await this.sessions.start(trx, { accountId, method, requestId });
    });
  }

  /** Ends the session of a request. */
  async signOut({ exchange: { requestId }, request }: Call): Promise<string> {
    const session = await this.signedIn(request);
    if (session !== undefined) await this.#deps.database.write((trx) => this.#end(trx, session, requestId));
    return this.sessions.cookie.clear();
  }

  /**
   * Checks the current password of an account, and hashes a new one. An account without a password needs no current one.
   * Throws `WRONG_PASSWORD`, `SIGN_IN_LIMITED`.
   */
  async prepareNewPassword(
    exchange: Exchange,
    { accountId, current, replacement }: { accountId: string; current: string; replacement: string },
  ): Promise<NewPassword> {
    const attempt = { email: accountId, network: networkOf(exchange) };
    const { password: stored } = await readAccount(this.#deps.database.read, accountId);
    if (stored !== null) {
      this.limits.begin(attempt);
      if (!(await this.#check(attempt, current, stored))) throw new ApiError("WRONG_PASSWORD");
    }
    return { stored, password: await this.passwords.hash(replacement, attempt.network) };
  }

  /** Changes the password of an account, and ends its other sessions. Throws `WRONG_PASSWORD`. */
  async changePassword(
    trx: Write,
    actor: Actor,
    {
      accountId,
      password,
      sessionId,
      stored,
    }: NewPassword & Pick<AccountPrincipal, "accountId" | "sessionId">,
  ): Promise<void> {
    const account = await lockAccount(trx, accountId);
    // The password may have changed during the check.
    if (account?.password !== stored) throw new ApiError("WRONG_PASSWORD");
    await updateAccount(trx, accountId, { password, updated_at: this.#deps.clock.now() });
    const endedSessions = await deleteSessions(trx, { accountId, except: sessionId });
    const details = { accountId, endedSessions };
    await this.#deps.audit.append(trx, actor, { action: "account.password-changed", details });
  }

  /** Creates an account. Throws `EMAIL_TAKEN`. */
  async create(trx: Write, actor: Actor, input: NewAccount): Promise<AccountsTable> {
    const { audit, clock, ids } = this.#deps;
    const now = clock.now();
    const account: AccountsTable = {
      account_id: ids.guid(),
      email: input.email,
      name: input.name,
      password: input.password,
      is_developer: Number(input.isDeveloper),
      is_operator: Number(input.isOperator),
      disabled_at: null,
      created_at: now,
      updated_at: now,
    };
    await insertAccount(trx, account);
    const { isDeveloper, isOperator, name } = input;
    const details = { accountId: account.account_id, name, isDeveloper, isOperator };
    await audit.append(trx, actor, { action: "account.created", details });
    return account;
  }

  /** Returns whether a password is right, and counts the attempt when it is wrong. */
  async #check(attempt: Attempt, password: string, stored: string | null | undefined): Promise<boolean> {
    const checked = this.passwords.matches(password, stored, attempt.network);
    const matches = await checked.catch((error: unknown) => {
      this.limits.forget(attempt);
      throw error;
    });
    if (matches) this.limits.forget(attempt);
    else this.limits.failed(attempt);
    return matches;
  }

  async #end(trx: Write, { account, sessionId }: SignedIn, requestId: string): Promise<void> {
    const { accountId } = account;
    await this.sessions.end(trx, { name: accountActor(accountId), requestId }, { accountId, sessionId });
  }
}
