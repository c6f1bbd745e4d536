import { expect, test } from "vitest";
import { describeDatabase } from "./dev-environment.ts";

test.each([
  [`sqlite:${process.cwd()}/.latchkey`, "SQLite in .latchkey"],
  [`sqlite:${process.cwd()}`, "SQLite in ."],
  ["postgres://user:hunter2@db.internal/app", "PostgreSQL at db.internal, database app, schema public"],
  [
    "postgresql://user:hunter2@[::1]:5433/my%20app?schema=latchkey&password=hunter2",
    "PostgreSQL at [::1]:5433, database my app, schema latchkey",
  ],
  ["postgres://user@%2Frun%2Fpg/app", "PostgreSQL at /run/pg, database app, schema public"],
  ["postgres://user@base/app?host=/run/pg", "PostgreSQL at /run/pg, database app, schema public"],
])("FR-E6: says where data is, without user and password: %s", (url, text) => {
  expect(describeDatabase(url)).toBe(text);
});
