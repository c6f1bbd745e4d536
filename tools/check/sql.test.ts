import { expect, test } from "vitest";
import { sql } from "./sql.ts";
import { createRepository } from "./test-repository.ts";

const app = "packages/server/src/features/apps/apps.ts";

test.each([
  ["selectFrom", 'trx.selectFrom("apps")'],
  ["insertInto", 'trx.insertInto("apps")'],
  ["updateTable", 'trx\n  .updateTable("apps")', 3],
  ["deleteFrom", 'db.read.deleteFrom("apps")'],
  ["replaceInto", 'trx.replaceInto("apps")'],
  ["sql``", "sql`select 1`"],
  ["sql``", "sql<{ id: string }>`select 1`"],
  ["sql", "sql.raw(text)"],
])("refuses %s", async (what, code, line = 2) => {
  expect(await problems(app, `const a = 1;\nconst b = ${code};\n`)).toEqual([
    `${app}:${line} ${what}: move SQL to a file named *.queries.ts`,
  ]);
});

test("checks stores", async () => {
  expect(await problems("packages/stores/src/a.ts", 'trx.selectFrom("stores_products");\n')).toHaveLength(1);
});

test.each([
  ["a file of queries", "packages/server/src/features/apps/apps.queries.ts", 'trx.selectFrom("apps")'],
  ["a test", "packages/server/src/features/apps/apps.test.ts", 'trx.selectFrom("apps")'],
  ["test support", "packages/stores/src/test-support/a.ts", 'trx.selectFrom("apps")'],
  ["the drivers", "packages/server/src/infrastructure/database/database.ts", "sql.raw(text)"],
  ["other packages", "packages/sdk/src/a.ts", 'trx.selectFrom("apps")'],
  ["a string", app, '"selectFrom(apps)"'],
  ["a field named sql", app, "({ sql }).sql.length + migration.sql"],
])("allows %s", async (_, path, code) => {
  expect(await problems(path, `const a = ${code};\n`)).toEqual([]);
});

async function problems(path: string, text: string): Promise<string[]> {
  using repository = createRepository({ [path]: text });
  return sql.run({ root: repository.root, fix: false });
}
