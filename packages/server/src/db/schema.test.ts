import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRealColumns } from "../testing/real-columns.ts";
import { createTestDatabase, engines, type TestDatabase } from "../testing/test-database.ts";
import type { Schema } from "./schema.ts";

type Type<Value> = [NonNullable<Value>] extends [string] ? "text" : "integer" | "bigint" | "double";
type Column<Value> = null extends Value ? `${Type<Value>}?` : Type<Value>;

// The compiler holds this to schema.ts, in every table, column and null; the tests hold it to both databases.
const schema: { [Table in keyof Schema]: { [Name in keyof Schema[Table]]: Column<Schema[Table][Name]> } } = {
  platform: {
    id: "integer",
    gen: "bigint",
    key_check: "text",
    created_at: "bigint",
  },
  signing_keys: {
    kid: "text",
    public_jwk: "text",
    sealed_private_key: "text",
    announced_at: "bigint",
    active_at: "bigint",
    retired_at: "bigint?",
    removed_at: "bigint?",
  },
  permissions: {
    permission_id: "text",
    description: "text",
    created_at: "bigint",
  },
  scopes: {
    scope_id: "text",
    name: "text",
    created_at: "bigint",
  },
  scope_permissions: {
    scope_id: "text",
    permission_id: "text",
  },
  resources: {
    identifier: "text",
    name: "text",
    created_at: "bigint",
  },
  apps: {
    app_id: "text",
    name: "text",
    gen: "bigint",
    scopes: "text",
    legacy: "integer",
    enabled: "integer",
    token_format: "text",
    token_lifetime: "bigint",
    created_at: "bigint",
    updated_at: "bigint",
    deleted_at: "bigint?",
  },
  app_keys: {
    kid: "text",
    app_id: "text",
    public_key: "text",
    sealed_private_key: "text",
    created_at: "bigint",
  },
  app_secrets: {
    secret_id: "text",
    app_id: "text",
    name: "text",
    digest: "text",
    sealed: "text",
    is_primary: "integer",
    created_at: "bigint",
    last_used_at: "bigint?",
    expires_at: "bigint?",
    compromised_at: "bigint?",
    deleted_at: "bigint?",
  },
  sites: {
    site_id: "text",
    name: "text",
    external_id: "text?",
    locale: "text",
    currency: "text",
    url: "text?",
    created_at: "bigint",
    updated_at: "bigint",
    deleted_at: "bigint?",
  },
  instances: {
    instance_id: "text",
    app_id: "text",
    site_id: "text",
    state: "text",
    gen: "bigint",
    granted_scopes: "text",
    origin_instance_id: "text?",
    created_at: "bigint",
    updated_at: "bigint",
    last_token_at: "bigint?",
  },
  revoked_tokens: {
    jti: "text",
    expires_at: "bigint",
  },
  token_log: {
    entry_id: "text",
    request_id: "text",
    app_id: "text",
    instance_id: "text?",
    reason: "text",
    occurred_at: "bigint",
  },
  events: {
    event_id: "text",
    event_type: "text",
    app_id: "text?",
    site_id: "text",
    instance_id: "text?",
    payload: "text",
    occurred_at: "bigint",
    fanned_at: "bigint?",
  },
  audit: {
    entry_id: "text",
    actor: "text",
    action: "text",
    app_id: "text?",
    site_id: "text?",
    instance_id: "text?",
    details: "text",
    request_id: "text",
    occurred_at: "bigint",
  },
  api_keys: {
    key_id: "text",
    name: "text",
    digest: "text",
    scopes: "text",
    app_id: "text?",
    created_at: "bigint",
    last_used_at: "bigint?",
    expires_at: "bigint?",
    deleted_at: "bigint?",
    resource: "text?",
  },
  idempotency_keys: {
    principal: "text",
    idempotency_key: "text",
    request_digest: "text",
    status: "integer",
    sealed_body: "text",
    created_at: "bigint",
  },
  products: {
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
  },
  product_numbers: {
    site_id: "text",
    last_numeric_id: "bigint",
  },
  collections: {
    site_id: "text",
    collection_id: "text",
    name: "text",
    name_folded: "text",
    slug: "text",
    document: "text",
  },
  variants: {
    site_id: "text",
    store_variant_id: "text",
    product_id: "text",
    variant_id: "text",
    visible: "integer",
    product_name: "text",
    product_name_folded: "text",
    sku: "text",
    sku_folded: "text",
    document: "text",
  },
  product_collections: {
    site_id: "text",
    product_id: "text",
    collection_id: "text",
  },
  product_options: {
    site_id: "text",
    product_id: "text",
    name: "text",
    choice: "text",
  },
};

describe.each(engines)("on %s", (engine) => {
  let storage: TestDatabase;
  beforeAll(async () => {
    storage = await createTestDatabase(engine);
  });
  afterAll(() => storage.remove());

  test("the tables are those of schema.ts, column for column", async () => {
    const { migrations, ...tables } = await readRealColumns(storage.database);
    expect(tables).toEqual(schema);
    expect(migrations).toEqual({
      ...{ number: "integer", name: "text", sha256: "text", applied_at: "bigint" },
    });
  });
});
