import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { createDeferredJob, seconds, systemClock } from "../../infrastructure/clock/index.ts";
import { type Database, isOlder, type SecurityState } from "../../infrastructure/database/index.ts";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { describeError, type Log } from "../../infrastructure/observability/index.ts";
import { findPlatform, readPlatform } from "./platform-row.queries.ts";

const content = z.record(z.string(), z.strictObject({ gen: z.int(), changes: z.int() }));

/** The state of a new database. */
const initial: SecurityState = { gen: 1, changes: 0 };

const writeDelay = seconds(1);

/**
 * `last-seen.json` in the data directory: for each platform, the newest state of its database that a server has seen. It
 * is written at most once a second.
 */
export class LastSeenFile {
  readonly #deps: { readonly database: Database; readonly log: Log };
  readonly #directory: string;
  readonly #file: string;
  #writing: ReturnType<typeof createDeferredJob> | undefined;

  constructor(deps: { database: Database; log: Log }, dataDirectory: string) {
    this.#deps = deps;
    this.#directory = dataDirectory;
    this.#file = join(dataDirectory, "last-seen.json");
  }

  /** Throws `database_outdated` when the database is older than the file, and `data_directory_unusable`. */
  async requireNewest(): Promise<void> {
    const platform = await findPlatform(this.#deps.database.read);
    if (platform === undefined || !isOlder(platform, this.#stateOf(platform.platformId))) return;
    throw new OperatorError("database_outdated");
  }

  /** Returns the state in the file for this platform. Throws `no_platform` and `data_directory_unusable`. */
  async read(): Promise<SecurityState> {
    const { platformId } = await readPlatform(this.#deps.database.read);
    return this.#stateOf(platformId);
  }

  /** From now on, writes the file when the server reads a newer state. */
  async start(): Promise<void> {
    const { database } = this.#deps;
    const { platformId, ...state } = await readPlatform(database.read);
    const writing = createDeferredJob(systemClock, writeDelay, {
      work: async () => this.#write(platformId, database.lastSeen.newest),
      onError: () => {},
    });
    this.#writing = writing;
    database.lastSeen.onRise(writing.schedule);
    database.lastSeen.raise(state);
  }

  async stop(): Promise<void> {
    await this.#writing?.stop();
  }

  #stateOf(platformId: string): SecurityState {
    return this.#readAll()[platformId] ?? initial;
  }

  /** Replaces the file in one step, so that it is complete at any time. */
  #write(platformId: string, state: SecurityState): void {
    try {
      if (!isOlder(this.#stateOf(platformId), state)) return;
      const text = `${JSON.stringify({ ...this.#readAll(), [platformId]: state })}\n`;
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, text, { mode: 0o600, flush: true });
      renameSync(draft, this.#file);
    } catch (error) {
      // The next change tries again. Until then, only this process and new tokens know the state.
      this.#deps.log.warn(describeError(error), "last-seen.json was not written");
    }
  }

  #readAll(): z.infer<typeof content> {
    try {
      return content.parse(JSON.parse(readFileSync(this.#file, "utf8")));
    } catch (cause) {
      if ((cause as { code?: unknown }).code === "ENOENT") return {};
      const advice = `${this.#file} cannot be read; delete it if it is damaged.`;
      throw new OperatorError("data_directory_unusable", advice, { cause });
    }
  }
}
