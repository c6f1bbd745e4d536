import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A separate PostgreSQL server, with an empty directory under the system's temporary folder. */
export interface Postgres {
  /** Connection string of its superuser. */
  readonly url: string;
  /** Ends the server at once, as a crash would; its data stays. */
  stop(): Promise<void>;
  /** Starts it again at the same address after {@link Postgres.stop}. */
  start(): Promise<void>;
  /** Stops the server and deletes its data. This also happens when this process ends. */
  close(): Promise<void>;
}

/** Nothing is written for a crash of the machine or for a standby. */
const fastSettings = ["fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"];

/** Options of {@link startPostgres}. */
export interface PostgresOptions {
  /** Writes reach the disk before they are acknowledged; default false, which is faster. */
  durable?: boolean;
}

/**
 * Starts a real PostgreSQL from the binaries that npm installed, on a free port of 127.0.0.1.
 *
 * @throws Error with the output of PostgreSQL when it cannot start
 */
export async function startPostgres({ durable = false }: PostgresOptions = {}): Promise<Postgres> {
  const settings = ["max_connections=200", ...(durable ? [] : fastSettings)];
  const supervisor = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      join(import.meta.dirname, "supervisor.ts"),
      JSON.stringify(settings),
    ],
    // A process group of its own, so that Ctrl-C in the terminal reaches the tests and not their database.
    { detached: true, stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => {
    supervisor.on("exit", () => resolve()).on("error", () => resolve());
  });
  // A write to an ended supervisor shows as a missing reply.
  supervisor.stdin.on("error", () => {});
  const lines = createInterface({ input: supervisor.stdout })[Symbol.asyncIterator]();
  const reply = async (): Promise<Reply> => {
    const { value } = await lines.next();
    const message: Reply = value === undefined ? { error: "the supervisor ended" } : JSON.parse(value);
    if (message.error) throw new Error(`PostgreSQL: ${message.error}`);
    return message;
  };
  const order = async (word: string): Promise<void> => {
    supervisor.stdin.write(`${word}\n`);
    await reply();
  };
  const { url = "" } = await reply();
  return {
    url,
    stop: () => order("stop"),
    start: () => order("start"),
    async close() {
      supervisor.stdin.end();
      await ended;
    },
  };
}

interface Reply {
  url?: string;
  error?: string;
}
