import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { ApiError } from "../errors/index.ts";
import { translateDatabaseError } from "./database-errors.ts";

const failing = (fields: object, message = "text of the driver") => Object.assign(new Error(message), fields);

test.each([
  ["SQLITE_BUSY", { code: "ERR_SQLITE_ERROR", errcode: 5 }],
  ["SQLITE_BUSY_SNAPSHOT", { code: "ERR_SQLITE_ERROR", errcode: 517 }],
  ["SQLITE_NOMEM", { code: "ERR_SQLITE_ERROR", errcode: 7 }],
  ["SQLITE_READONLY", { code: "ERR_SQLITE_ERROR", errcode: 8 }],
  ["SQLITE_IOERR_WRITE", { code: "ERR_SQLITE_ERROR", errcode: 778 }],
  ["SQLITE_FULL", { code: "ERR_SQLITE_ERROR", errcode: 13 }],
  ["SQLITE_CANTOPEN", { code: "ERR_SQLITE_ERROR", errcode: 14 }],
  ["PostgreSQL: connection failure", { code: "08006" }],
  ["PostgreSQL: disk full", { code: "53100" }],
  ["PostgreSQL: too many connections", { code: "53300" }],
  ["PostgreSQL: shut down by its operator", { code: "57P01" }],
  ["PostgreSQL: starting up", { code: "57P03" }],
  ["PostgreSQL: statement took too long", { code: "57014" }],
  ["PostgreSQL: I/O error", { code: "58030" }],
  ["PostgreSQL: a standby that takes no writes", { code: "25006" }],
  ["PostgreSQL: idle in a transaction for too long", { code: "25P03" }],
  ["PostgreSQL: deadlock", { code: "40P01" }],
  ["PostgreSQL: serialization failure", { code: "40001" }],
  ["nobody listens", { code: "ECONNREFUSED" }],
  ["connection reset", { code: "ECONNRESET" }],
  ["no such host", { code: "ENOTFOUND" }],
  ["no such socket file", { code: "ENOENT" }],
  ["no route", { code: "ENETUNREACH" }],
  ["host down", { code: "EHOSTDOWN" }],
])("503 UNAVAILABLE with Retry-After: %s", (_, fields) => {
  const error = failing(fields);
  expect(translateDatabaseError(error)).toMatchObject({
    ...{ name: "ApiError", code: "UNAVAILABLE", status: 503, headers: { "retry-after": "1" }, cause: error },
    message: "The database cannot be reached or cannot store more; try again shortly.",
  });
});

test.each([
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "timeout exceeded when trying to connect",
  "timeout expired",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Query read timeout",
  "Received unexpected commandComplete message from backend.",
  "received invalid response: 3f",
  "Cannot use a pool after calling end on the pool",
])("FR-E11: 503 UNAVAILABLE for an error of the PostgreSQL client that has no code: %s", (message) => {
  expect(translateDatabaseError(new Error(message))).toMatchObject({ code: "UNAVAILABLE" });
});

test.each([
  ["a primary key of SQLite", { code: "ERR_SQLITE_ERROR", errcode: 1555 }],
  ["a unique index of SQLite", { code: "ERR_SQLITE_ERROR", errcode: 2067 }],
  ["a unique index of PostgreSQL", { code: "23505" }],
])("a unique violation: %s", (_, fields) => {
  const error = failing(fields);
  expect(translateDatabaseError(error)).toMatchObject({ name: "UniqueViolation", cause: error });
});

test.each([
  ["a syntax error of SQLite", failing({ code: "ERR_SQLITE_ERROR", errcode: 1 })],
  ["a damaged file", failing({ code: "ERR_SQLITE_ERROR", errcode: 11 })],
  ["another constraint of SQLite", failing({ code: "ERR_SQLITE_ERROR", errcode: 787 })],
  ["a syntax error of PostgreSQL", failing({ code: "42601" })],
  ["a foreign key of PostgreSQL", failing({ code: "23503" })],
  ["a mistake of ours", new TypeError("x is not a function")],
  ["an API error", new ApiError("NOT_FOUND")],
  ["what is no error", "text"],
])("returns unchanged: %s", (_, error) => {
  expect(translateDatabaseError(error)).toBe(error);
});

test("recognizes the errors that SQLite throws", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 2; CREATE TABLE t (k TEXT PRIMARY KEY) WITHOUT ROWID;");
  database.exec("INSERT INTO t VALUES ('taken')");
  const thrownBy = (statement: string): unknown => {
    try {
      database.exec(statement);
    } catch (error) {
      return translateDatabaseError(error);
    }
    return undefined;
  };
  expect(thrownBy("INSERT INTO t VALUES ('taken')")).toMatchObject({ name: "UniqueViolation" });
  expect(thrownBy("INSERT INTO t VALUES (hex(zeroblob(20000)))")).toMatchObject({ code: "UNAVAILABLE" });
  expect(thrownBy("INSERT INTO nowhere VALUES (1)")).toMatchObject({ code: "ERR_SQLITE_ERROR" });
  database.close();
});
