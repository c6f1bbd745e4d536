import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { columns } from "../../../testing/support/columns.ts";
import { readCollations, readRealColumns } from "../../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../../testing/test-database.ts";

function isId(column: string): boolean {
  const others = [
    "id",
    "identifier",
    "jti",
    "kid",
    "digest",
    "event_type",
    "component_type",
    "resource",
    "role",
  ];
  const positions = ["principal", "idempotency_key", "entity_fqdn", "position", "fan_out_cursor"];
  return column.endsWith("_id") || [...others, ...positions].includes(column);
}

describe.each(engines)("on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  afterAll(() => storage.remove());

  test("the tables are those of schema.ts, column for column", async () => {
    const { migrations, ...tables } = await readRealColumns(storage.database);
    expect(tables).toEqual(columns);
    expect(migrations).toEqual({
      ...{ resource: "text", name: "text", sha256: "text", applied_at: "bigint" },
    });
  });

  test("FR-B1: every id and every indexed text is compared by bytes, on both sides of a join", async () => {
    const texts = await readCollations(storage.database);
    const keys = texts.filter(({ column, indexed }) => indexed || isId(column));
    expect(keys.length).toBeGreaterThan(70);
    expect(keys.filter(({ collation }) => collation !== "BINARY")).toEqual([]);
  });
});
