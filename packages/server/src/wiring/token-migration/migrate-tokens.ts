import { hash } from "node:crypto";
import { OperatorError } from "../../infrastructure/errors/index.ts";
import { type InputFile, type InputRow, openInput } from "./input-file.ts";
import { isFinal, Journal, type JournalEntry } from "./journal.queries.ts";
import { migrateToken } from "./migrate-token.ts";
import { OutputFile, requireOutput } from "./output-file.ts";
import type { PlatformClient } from "./platform-client.ts";
import { Progress, type ProgressStream } from "./progress.ts";
import { type MigrationReport, RowCount } from "./report.ts";

/** The files of a migration. */
export interface MigrationFiles {
  readonly input: string;
  readonly output: string;
  /** The column of the refresh token. Default: `refreshToken`. */
  readonly column?: string | undefined;
}

const rowsPerBatch = 256;
/** Tokens in a row without a response, after which a run stops. */
const maxUnavailable = 256;
const concurrency = 16;

/**
 * Finds the instance of each refresh token in a file, and checks that `client_credentials` works for it. A second run
 * continues a run that was killed, and tries again what is not final. Nothing is revoked.
 *
 * Throws `migration_file_invalid`, `migration_journal_unusable`, `migration_output_unusable`, `migration_app_refused`.
 */
export async function migrateTokens(
  client: PlatformClient,
  { column, input, output }: MigrationFiles,
  stream: ProgressStream,
): Promise<MigrationReport> {
  const file = await openInput(input, column);
  await requireOutput(output, input);
  const progress = new Progress(stream, file.bytes);
  let journal: Journal | undefined;
  try {
    journal = new Journal(`${output}.journal`, client.app);
    await migrateRows(client, journal, { file, progress });
    return await writeOutput(journal, file, output);
  } catch (error) {
    throw withCode(error, output);
  } finally {
    progress.end();
    journal?.close();
  }
}

/** Gives an error of the journal or of the output a code. */
function withCode(error: unknown, output: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (code === "ERR_SQLITE_ERROR") {
    const advice = `${output}.journal: another process uses it, the disk is full, or it is damaged.`;
    return new OperatorError("migration_journal_unusable", advice, options);
  }
  return syscall === undefined ? error : new OperatorError("migration_output_unusable", output, options);
}

async function migrateRows(
  client: PlatformClient,
  journal: Journal,
  { file, progress }: { file: InputFile; progress: Progress },
): Promise<void> {
  journal.startPass();
  let unavailable = 0;
  for await (const rows of batches(file.rows(progress.read))) {
    const waiting = seen(journal, rows).filter(({ entry }) => entry !== undefined && !isFinal(entry));
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { digest, entry, refreshToken } = next;
        if (entry === undefined) continue;
        const result = await migrateToken(client, journal, { digest, entry, refreshToken });
        journal.finish(digest, result);
        unavailable = result.outcome === "unavailable" ? unavailable + 1 : 0;
        progress.ended(result.outcome === "migrated");
      }
    };
    // All of them end before the journal is closed, also when one fails.
    const ended = await Promise.allSettled(Array.from({ length: concurrency }, work));
    const failed = ended.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    // The platform is down: the rows that follow stay for the next run.
    if (unavailable >= maxUnavailable) return;
  }
}

/** Writes each row with its instance, and counts the rows. */
async function writeOutput(journal: Journal, file: InputFile, output: string): Promise<MigrationReport> {
  const count = new RowCount();
  const written = new OutputFile(output, file.format);
  const hasReplaced = journal.hasReplaced();
  journal.startPass();
  for await (const rows of batches(file.rows())) {
    const tokens = seen(journal, rows).values();
    for (const row of rows) {
      if (row.kind === "blank") {
        count.add("blank");
        continue;
      }
      const token = row.kind === "token" ? tokens.next().value : undefined;
      const stored = token && (token.entry ?? journal.read(token.digest));
      const found = stored?.outcome ?? "unavailable";
      const outcome = token === undefined ? "invalid_row" : token.entry === undefined ? "duplicate" : found;
      count.add(outcome);
      await written.write({
        ...row.columns,
        refreshTokenSha256: token?.digest ?? "",
        instanceId: stored?.instanceId ?? "",
        siteId: stored?.siteId ?? "",
        result: outcome,
        detail: stored?.detail ?? "",
        ...(hasReplaced ? { newRefreshToken: stored?.newRefreshToken ?? "" } : {}),
      });
    }
  }
  await written.close();
  return count.report(output);
}

interface SeenToken {
  readonly refreshToken: string;
  readonly digest: string;
  /** Undefined for a token that an earlier row has. */
  readonly entry: JournalEntry | undefined;
}

/** The tokens of a batch with their journal entries, in the order of the rows. */
function seen(journal: Journal, rows: readonly InputRow[]): SeenToken[] {
  const tokens = rows.filter((row) => row.kind === "token").map((row) => row.refreshToken);
  const digests = tokens.map((token) => hash("sha256", token, "hex"));
  const entries = journal.begin(digests);
  return tokens.map((refreshToken, at) => ({ refreshToken, digest: digests[at] ?? "", entry: entries[at] }));
}

async function* batches(rows: AsyncIterable<InputRow>): AsyncGenerator<InputRow[]> {
  let batch: InputRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < rowsPerBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
