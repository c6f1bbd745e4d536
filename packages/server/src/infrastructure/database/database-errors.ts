import { ApiError, OperatorError, UniqueViolation } from "../errors/index.ts";

// SQLite primary result codes: BUSY, NOMEM, READONLY, IOERR, FULL, CANTOPEN.
const sqliteUnavailable = new Set([5, 7, 8, 10, 13, 14]);
const sqliteUnique = new Set([1555, 2067]);

// PostgreSQL: connection failures, lack of resources, operator intervention, read-only server.
const postgresUnavailable = /^(08...|53...|57...|58030|25006|25P03|40001|40P01|55P03)$/;
// Network errors, and a missing socket file.
const networkUnavailable =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|ENOENT|EAI_AGAIN|EPIPE|ETIMEDOUT|(EHOST|ENET)(UNREACH|DOWN))$/;
// Errors that pg and pg-pool throw without a code.
const driverUnavailable =
  /^(Connection terminated|timeout (expired|exceeded when trying to connect)|Client has encountered a connection error|Client was closed|Query read timeout|Received unexpected \w+ message|received invalid response|Cannot use a pool after calling end)/;

/** Translates an error of either database to {@link UniqueViolation} or 503 `UNAVAILABLE`. Returns others unchanged. */
export function translateDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ApiError) return error;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") {
    if (sqliteUnique.has(errcode)) return new UniqueViolation(error);
    return sqliteUnavailable.has(errcode & 0xff) ? databaseUnavailable(error) : error;
  }
  if (code === "23505") return new UniqueViolation(error);
  const known = typeof code === "string" && (networkUnavailable.test(code) || postgresUnavailable.test(code));
  return known || driverUnavailable.test(error.message) ? databaseUnavailable(error) : error;
}

/** Whether an error, or one that caused it, has a code (SQLSTATE) of PostgreSQL. */
export function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (typeof code === "string" && states.includes(code)) || hasSqlState(error.cause, ...states);
}

/** Whether PostgreSQL ended a transaction because of a deadlock or a conflict with another one. */
export function isDeadlock(error: unknown): boolean {
  return hasSqlState(error, "40P01", "40001");
}

/** Whether the database refused a row: PostgreSQL for its data (class 22 or 23), SQLite for a constraint. */
export function isRowError(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return /^2[23]/.test(String(code)) || (typeof errcode === "number" && (errcode & 0xff) === 19);
}

/** 503 `UNAVAILABLE` with `Retry-After`, also for every failure to open a connection. */
export function databaseUnavailable(error: unknown): ApiError {
  const cause = hasSqlState(error, "28P01", "28000") ? credentialsRefused(error) : error;
  return new ApiError("UNAVAILABLE", { cause, headers: { "retry-after": "1" } });
}

function credentialsRefused(cause: unknown): OperatorError {
  const detail = "PostgreSQL refuses the user or the password of DATABASE_URL or DATABASE_URL_FILE.";
  return new OperatorError("invalid_configuration", detail, { cause });
}
