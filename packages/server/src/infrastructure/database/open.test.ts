import { expect, test } from "vitest";
import { moveDatabaseAside } from "./index.ts";

test("only a SQLite database can be moved aside", () => {
  expect(() => moveDatabaseAside("postgres://user:password@127.0.0.1:5432/latchkey", "old")).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      message:
        "The configuration is not usable. --reset moves a SQLite database aside. " +
        "With PostgreSQL, use an empty database or schema.",
    }),
  );
});
