import { chmodSync, closeSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { sqlite } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";

/** Outcomes that stay. The next run tries every other one again. */
const finalOutcomes = ["migrated", "invalid_token", "other_app", "instance_removed"] as const;

/** The outcome of a refresh token. */
export type TokenOutcome =
  | (typeof finalOutcomes)[number]
  | "exchange_refused"
  | "no_instance"
  | "client_credentials_refused"
  | "unavailable";

/** Whether nothing is left to do for a token. */
export function isFinal({ outcome }: JournalEntry): boolean {
  return (finalOutcomes as readonly unknown[]).includes(outcome);
}

/** The state of a refresh token of the input. */
export interface JournalEntry {
  readonly outcome: TokenOutcome | null;
  readonly instanceId: string | null;
  readonly siteId: string | null;
  readonly detail: string | null;
  /** The refresh token that the platform replaced it with. */
  readonly newRefreshToken: string | null;
}

/** A result that a run records. */
export interface Result {
  readonly outcome: TokenOutcome;
  readonly instanceId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly detail?: string | undefined;
}

/**
 * What a migration has done, in an SQLite file beside the output. Each change is on the disk before its method returns, so
 * a killed process continues where it was.
 */
export class Journal {
  readonly #db: DatabaseSync;
  #run = 0;

  /** Throws `migration_journal_unusable` for a journal of another app or platform, or of a process that still runs. */
  constructor(file: string, owner: { readonly appId: string; readonly apiUrl: string }) {
    // SQLite would create it readable by everyone.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    this.#db = new sqlite.DatabaseSync(file);
    try {
      this.#db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
      this.#db.exec(tables);
      this.#requireOwner(JSON.stringify([owner.appId, owner.apiUrl]));
    } catch (cause) {
      this.#db.close();
      throw cause;
    }
  }

  #requireOwner(owner: string): void {
    const insert = this.#db.prepare(
      "INSERT INTO migration (owner, runs) SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM migration)",
    );
    insert.run(owner);
    const row = this.#db.prepare("SELECT owner FROM migration").get();
    if (row?.owner === owner) return;
    throw new OperatorError(
      "migration_journal_unusable",
      "It belongs to another app or platform. Use another output.",
    );
  }

  /** Starts a pass over the input. */
  startPass(): void {
    this.#db.exec("UPDATE migration SET runs = runs + 1");
    this.#run = Number(this.#db.prepare("SELECT runs FROM migration").get()?.runs);
  }

  /** Returns the entries of tokens, in one transaction; undefined for a token that this pass has seen before. */
  begin(digests: readonly string[]): (JournalEntry | undefined)[] {
    const see = this.#db.prepare(
      `INSERT INTO tokens (digest, seen_in) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET seen_in = excluded.seen_in WHERE seen_in <> excluded.seen_in`,
    );
    this.#db.exec("BEGIN");
    const entries = digests.map((digest) =>
      Number(see.run(digest, this.#run).changes) === 1 ? this.read(digest) : undefined,
    );
    this.#db.exec("COMMIT");
    return entries;
  }

  read(digest: string): JournalEntry {
    const row = this.#db
      .prepare("SELECT outcome, instance_id, site_id, detail, new_refresh_token FROM tokens WHERE digest = ?")
      .get(digest);
    const text = (name: string): string | null => (row?.[name] ?? null) as string | null;
    return {
      outcome: text("outcome") as TokenOutcome | null,
      instanceId: text("instance_id"),
      siteId: text("site_id"),
      detail: text("detail"),
      newRefreshToken: text("new_refresh_token"),
    };
  }

  /** Records the refresh token that the platform returned in place of another one. */
  replace(digest: string, newRefreshToken: string): void {
    this.#db.prepare("UPDATE tokens SET new_refresh_token = ? WHERE digest = ?").run(newRefreshToken, digest);
  }

  finish(digest: string, { detail, instanceId, outcome, siteId }: Result): void {
    this.#db
      .prepare("UPDATE tokens SET outcome = ?, instance_id = ?, site_id = ?, detail = ? WHERE digest = ?")
      .run(outcome, instanceId ?? null, siteId ?? null, detail ?? null, digest);
  }

  /** Whether the platform has replaced a refresh token. */
  hasReplaced(): boolean {
    return (
      this.#db.prepare("SELECT 1 FROM tokens WHERE new_refresh_token IS NOT NULL LIMIT 1").get() !== undefined
    );
  }

  close(): void {
    this.#db.close();
  }
}

const tables = `
  CREATE TABLE IF NOT EXISTS migration (owner TEXT NOT NULL, runs INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY,
    seen_in INTEGER NOT NULL,
    outcome TEXT,
    instance_id TEXT,
    site_id TEXT,
    detail TEXT,
    new_refresh_token TEXT
  ) STRICT, WITHOUT ROWID;
`;
