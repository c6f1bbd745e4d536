import { type Clock, days, hours, minutes } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type { Database, Ids, RandomBytes, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { SecretCookie } from "../../../infrastructure/pages/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { type SignedIn, toAccount } from "../account.ts";
import {
  deleteOldSessions,
  deleteSession,
  type FoundSession,
  insertSession,
  prepareFindSession,
  updateSessionUse,
} from "./sessions.queries.ts";

/** Milliseconds without use after which a session ends. */
const sessionIdle = hours(12);
/** Milliseconds after which a session ends. */
const sessionLifetime = days(7);
const secretBytes = 32;
const maxSessions = 20;
/** A use is stored once in this time, so that most requests write nothing. */
const useInterval = minutes(10);

/** What sessions need. */
export interface SessionDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly publicUrl: string;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** Sessions of accounts: a random secret in a cookie, of which the database has an HMAC. */
export class Sessions {
  readonly cookie: SecretCookie;
  readonly #deps: SessionDependencies;
  readonly #find: ReturnType<typeof prepareFindSession>;

  constructor(deps: SessionDependencies) {
    this.#deps = deps;
    this.cookie = new SecretCookie(deps.publicUrl, { name: "latchkey_session", lifetime: sessionLifetime });
    this.#find = prepareFindSession(deps.database, deps.vault.digests("").length);
  }

  /** Finds the session of a request, and stores its use. Undefined when there is none or it has ended. */
  async find({ headers }: Request): Promise<SignedIn | undefined> {
    const secret = this.cookie.read(headers);
    if (secret === undefined) return undefined;
    const { clock, database, vault } = this.#deps;
    const session = await this.#find(vault.digests(signed(secret)));
    const now = clock.now();
    if (session === undefined || !isLive(session, now)) return undefined;
    const { session_id: sessionId } = session;
    if (now >= session.used_at + useInterval) {
      const expires_at = Math.min(now + sessionIdle, session.ends_at);
      const use = { sessionId, used_at: now, expires_at };
      await database.write((trx) => updateSessionUse(trx, use)).catch(ignoreUnavailable);
    }
    return { account: toAccount(session), sessionId };
  }

  /** Starts a session in a transaction. Returns the value of `Set-Cookie`. */
  async start(
    trx: Write,
    { accountId, method, requestId }: { accountId: string; method: string; requestId: string },
  ): Promise<string> {
    const { audit, clock, ids, random, vault } = this.#deps;
    const secret = Buffer.from(random(secretBytes)).toString("base64url");
    const now = clock.now();
    const sessionId = ids.ordered();
    await insertSession(trx, {
      session_id: sessionId,
      account_id: accountId,
      digest: vault.digest(signed(secret)),
      created_at: now,
      used_at: now,
      expires_at: now + sessionIdle,
      ends_at: now + sessionLifetime,
    });
    await deleteOldSessions(trx, accountId, maxSessions);
    const actor = { name: accountActor(accountId), requestId };
    const details = { accountId, sessionId, method };
    await audit.append(trx, actor, { action: "session.started", details });
    return this.cookie.write(secret);
  }

  /** Ends a session of an account in a transaction. Returns whether it existed. */
  async end(trx: Write, actor: Actor, session: { accountId: string; sessionId: string }): Promise<boolean> {
    const ended = await deleteSession(trx, session);
    if (ended) await this.#deps.audit.append(trx, actor, { action: "session.ended", details: session });
    return ended;
  }
}

/** The actor of changes by an account, in the audit log. */
export function accountActor(accountId: string): string {
  return `account:${accountId}`;
}

function isLive(session: FoundSession, now: number): boolean {
  return session.expires_at > now && session.disabled_at === null && session.gen === session.platform_gen;
}

/** A session whose use cannot be stored, as on a full disk, ends earlier. */
function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof ApiError && error.code === "UNAVAILABLE")) throw error;
}

/** Separates the digests of sessions from those of keys. */
function signed(secret: string): string {
  return `session ${secret}`;
}
