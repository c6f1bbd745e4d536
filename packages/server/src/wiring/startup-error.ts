import { ApiError, OperatorError } from "../infrastructure/errors/index.ts";

/** What an error of the operating system or of SQLite tells. */
interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
}

/** Ways in which a file or directory refuses to be used, as the operating system and SQLite name them. */
const refusals = /^(EACCES|EEXIST|EISDIR|ENOSPC|ENOTDIR|EPERM|EROFS|ERR_SQLITE_ERROR)$/;

/** Why a server did not start, in one line for whoever started it: a code, what to do, and the cause. */
export function explainStart(error: unknown): string {
  const known = recognise(error);
  if (known === undefined) return withCause(String(error), error);
  return withCause(`${known.code}: ${known.message}`, known);
}

function recognise(error: unknown): OperatorError | ApiError | undefined {
  if (error instanceof OperatorError || error instanceof ApiError) return error;
  if (!(error instanceof Error)) return undefined;
  const { address, code, port, syscall } = error as SystemError;
  if (syscall === "listen") {
    const advice =
      code === "EADDRINUSE"
        ? `${address}:${port} is taken. Stop what uses it, or choose another port, such as PORT=${Number(port) + 1}.`
        : "Set HOST to an address of this machine, and PORT to a port that your user may take.";
    return new OperatorError("cannot_listen", advice, { cause: error });
  }
  const refused = [error, error.cause].find((one) => refusals.test(String((one as SystemError)?.code)));
  if (refused === undefined) return undefined;
  const where = refused === error ? "" : `${error.message} `;
  return new OperatorError(
    "data_directory_unusable",
    `${where}Let your user write there, or set LATCHKEY_DATA_DIR to another directory.`,
    { cause: refused },
  );
}

/** Adds the cause, unless it says the same once more. */
function withCause(text: string, error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const repeated =
    error instanceof OperatorError && cause instanceof OperatorError && cause.code === error.code;
  if (!(cause instanceof Error) || repeated) return text;
  // Where every address of a name refuses, the error is a list without a text.
  return `${text} (${cause.message || (cause as SystemError).code})`;
}
