import { readFileSync } from "node:fs";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allProducts } from "./collections/index.ts";
import { stores } from "./stores.ts";
import type { StoresTables } from "./tables.ts";
import { storesOf } from "./test-support/stores-of.ts";

type Type<Value> = [Value] extends [string] ? "text" : "integer" | "bigint" | "double";

// The compiler compares this list with tables.ts; the tests compare it with both databases.
const tables: {
  [Table in keyof StoresTables]: { [Name in keyof StoresTables[Table]]: Type<StoresTables[Table][Name]> };
} = {
  stores_products: {
    site_id: "text",
    product_id: "text",
    numeric_id: "bigint",
    visible: "integer",
    price: "double",
    created_at: "bigint",
    updated_at: "bigint",
    product_type: "text",
    inventory_status: "text",
    name: "text",
    name_folded: "text",
    slug: "text",
    slug_folded: "text",
    sku: "text",
    sku_folded: "text",
    description: "text",
    description_folded: "text",
    document: "text",
    variants: "text",
    merchant_data: "text",
    merchant_variants: "text",
  },
  stores_product_numbers: {
    site_id: "text",
    last_numeric_id: "bigint",
    products: "bigint",
    visible_products: "bigint",
  },
  stores_deleted_collections: { site_id: "text", collection_id: "text" },
  stores_collections: {
    site_id: "text",
    collection_id: "text",
    name: "text",
    name_folded: "text",
    slug: "text",
    document: "text",
  },
  stores_variants: {
    site_id: "text",
    store_variant_id: "text",
    product_id: "text",
    variant_id: "text",
    visible: "integer",
    product_name: "text",
    product_name_folded: "text",
    sku: "text",
    sku_folded: "text",
  },
  stores_product_collections: {
    site_id: "text",
    product_id: "text",
    collection_id: "text",
  },
  stores_product_options: {
    site_id: "text",
    product_id: "text",
    name: "text",
    choice: "text",
  },
};

interface ColumnRow {
  readonly tableName: string;
  readonly columnName: string;
  readonly type: string;
}

const columns = {
  sqlite: sql<ColumnRow>`
    select t.name as "tableName", c.name as "columnName", c.type
    from sqlite_schema t join pragma_table_info(t.name) c where t.name like 'stores\\_%' escape '\\' and t.type = 'table'`,
  postgres: sql<ColumnRow>`
    select table_name as "tableName", column_name as "columnName", data_type as type
    from information_schema.columns where table_schema = current_schema() and table_name like 'stores\\_%'`,
};

describe.each(["sqlite", "postgres"] as const)("on %s", (database) => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform({ database, resources: [stores] });
  });
  afterAll(() => platform.close());

  test("the tables have the columns of tables.ts", async () => {
    const { rows } = await columns[database].execute(storesOf(platform).database.read);
    const real: Record<string, Record<string, string>> = {};
    for (const { columnName, tableName, type } of rows) {
      real[tableName] = { ...real[tableName], [columnName]: type.toLowerCase().replace(" precision", "") };
    }
    expect(real).toEqual(tables);
  });

  test("a site that existed before Stores has the collection of all products", async () => {
    const { siteId } = await platform.createSite();
    const { database: db } = storesOf(platform);
    const read = () =>
      db.read.selectFrom("stores_collections").selectAll().where("site_id", "=", siteId).execute();
    const created = await read();
    await db.write((trx) => trx.deleteFrom("stores_collections").execute());
    const text = stores.migrations[0]?.sql ?? "";
    await db.write((trx) => sql.raw(text.slice(text.indexOf("INSERT"), text.lastIndexOf(";"))).execute(trx));
    expect(await read()).toEqual(created);
    expect(created.map(({ document }) => JSON.parse(document))).toEqual([allProducts]);
  });
});

test("FR-B1: all ids and compared texts have the same collation", () => {
  const text = readFileSync(new URL("../migrations/0001-stores.sql", import.meta.url), "utf8");
  const others = [...text.matchAll(/^ {2}(\w+) TEXT (?!COLLATE BINARY)/gm)].map(([, name]) => name);
  expect(new Set(others)).toEqual(new Set(["document", "variants", "merchant_data", "merchant_variants"]));
});
