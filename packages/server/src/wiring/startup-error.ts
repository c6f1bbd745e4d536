import { ApiError, OperatorError } from "../infrastructure/errors/index.ts";

/** An error of the operating system or of SQLite. */
interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
}

/** Codes of errors of files and directories. */
const fileErrors = /^(EACCES|EEXIST|EISDIR|ENOSPC|ENOTDIR|EPERM|EROFS|ERR_SQLITE_ERROR)$/;

/** Describes why a server did not start, in one line: a code, what to do, and the cause. */
export function describeStartupError(error: unknown): string {
  const known = classify(error);
  if (known === undefined) return withCause(String(error), error);
  return withCause(`${known.code}: ${known.message}`, known);
}

function classify(error: unknown): OperatorError | ApiError | undefined {
  if (error instanceof OperatorError || error instanceof ApiError) return error;
  if (!(error instanceof Error)) return undefined;
  const { address, code, port, syscall } = error as SystemError;
  if (syscall === "listen") {
    const advice =
      code === "EADDRINUSE"
        ? `${address}:${port} is in use. Stop the program that uses it, or choose another port, such as PORT=${Number(port) + 1}.`
        : "Set HOST to an address of this machine, and PORT to a port that your user may use.";
    return new OperatorError("cannot_listen", advice, { cause: error });
  }
  const fileError = [error, error.cause].find((one) => fileErrors.test(String((one as SystemError)?.code)));
  if (fileError === undefined) return undefined;
  const where = fileError === error ? "" : `${error.message} `;
  return new OperatorError(
    "data_directory_unusable",
    `${where}Let your user write there, or set LATCHKEY_DATA_DIR to another directory.`,
    { cause: fileError },
  );
}

/** Adds the cause unless it has the same code. */
function withCause(text: string, error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const repeated =
    error instanceof OperatorError && cause instanceof OperatorError && cause.code === error.code;
  if (!(cause instanceof Error) || repeated) return text;
  // An AggregateError of several addresses has no message.
  return `${text} (${cause.message || (cause as SystemError).code})`;
}
