import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCollations, readRealColumns } from "../../testing/support/database-contents.queries.ts";
import { createTestDatabase, engines, type TestDatabase } from "../../testing/test-database.ts";
import type { Schema } from "./schema.ts";

type Type<Value> = [NonNullable<Value>] extends [string] ? "text" : "integer" | "bigint" | "double";
type Column<Value> = null extends Value ? `${Type<Value>}?` : Type<Value>;

// The compiler compares this with schema.ts; the tests compare it with both databases.
const schema: { [Table in keyof Schema]: { [Name in keyof Schema[Table]]: Column<Schema[Table][Name]> } } = {
  platform: {
    id: "integer",
    platform_id: "text",
    gen: "bigint",
    security_changes: "bigint",
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
    resource: "text?",
    created_at: "bigint",
  },
  scopes: {
    scope_id: "text",
    name: "text",
    resource: "text?",
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
    legacy: "text?",
    post_installation_urls: "text?",
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
  site_work: {
    site_id: "text",
    kind: "text",
    from_site_id: "text?",
    actor: "text",
    request_id: "text",
    updated_at: "bigint",
  },
  instances: {
    instance_id: "text",
    app_id: "text",
    site_id: "text",
    state: "text",
    gen: "bigint",
    granted_scopes: "text",
    declined_scopes: "text?",
    pre_approved_scopes: "text?",
    origin_instance_id: "text?",
    created_at: "bigint",
    updated_at: "bigint",
  },
  approvals: {
    instance_id: "text",
    app_id: "text",
    site_id: "text",
    added_scopes: "text",
    created_at: "bigint",
  },
  scope_changes: {
    app_id: "text",
    position: "text",
    updated_at: "bigint",
  },
  pre_approvals: {
    app_id: "text",
    scope_id: "text",
    created_at: "bigint",
  },
  last_uses: {
    id: "text",
    used_at: "bigint",
  },
  revoked_tokens: {
    jti: "text",
    expires_at: "bigint",
  },
  token_log: {
    entry_id: "text",
    app_id: "text",
    hour: "bigint",
    instance_id: "text",
    route: "text",
    reason: "text",
    kind: "text",
    requests: "bigint",
    first_at: "bigint",
    last_at: "bigint",
    first_request_id: "text",
    last_request_id: "text",
  },
  events: {
    event_id: "text",
    event_type: "text",
    app_id: "text?",
    site_id: "text",
    instance_id: "text?",
    payload: "text",
    identity: "text?",
    occurred_at: "bigint",
    fan_out_cursor: "text?",
    fanned_out_at: "bigint?",
    traceparent: "text?",
  },
  event_usage: { app_id: "text", day: "integer", part: "integer", bytes: "bigint" },
  event_types: {
    event_type: "text",
    description: "text",
    permission_id: "text?",
    resource: "text?",
    created_at: "bigint",
  },
  webhooks: {
    webhook_id: "text",
    app_id: "text",
    event_type: "text",
    url: "text",
    sealed_secret: "text",
    sealed_previous_secret: "text?",
    previous_secret_expires_at: "bigint?",
    failures: "integer",
    failing_since: "bigint?",
    last_warning_percent: "integer",
    paused_at: "bigint?",
    pause_reason: "text?",
    created_at: "bigint",
    updated_at: "bigint",
    deleted_at: "bigint?",
    confirmation: "text",
    confirmation_attempts: "integer",
    confirmation_attempted_at: "bigint?",
    confirmation_reason: "text?",
    confirmation_due_at: "bigint?",
  },
  instance_sequences: {
    instance_id: "text",
    app_id: "text",
    site_id: "text",
    state: "text",
    last_sequence: "bigint",
  },
  deliveries: {
    delivery_id: "text",
    event_id: "text",
    webhook_id: "text",
    app_id: "text",
    instance_id: "text?",
    event_type: "text",
    sequence: "bigint?",
    status: "text",
    attempts: "integer",
    attempt_offset: "integer",
    next_attempt_at: "bigint?",
    leased_until: "bigint?",
    ordered: "integer",
    blocks_until_attempted: "integer",
    created_at: "bigint",
    ended_at: "bigint?",
  },
  delivery_attempts: {
    delivery_id: "text",
    attempt: "integer",
    started_at: "bigint",
    duration_ms: "integer",
    outcome: "text",
    status: "integer?",
    response: "text?",
    detail: "text?",
  },
  backfills: {
    backfill_id: "text",
    app_id: "text",
    position: "text",
    processed: "bigint",
    total: "bigint",
    created_at: "bigint",
    ended_at: "bigint?",
  },
  entity_sequences: { site_id: "text", entity_fqdn: "text", entity_id: "text", last_sequence: "bigint" },
  extensions: {
    extension_id: "text",
    app_id: "text",
    kind: "text",
    url: "text",
    component_type: "text?",
    created_at: "bigint",
    updated_at: "bigint",
  },
  service_plugin_types: {
    component_type: "text",
    methods: "text",
    created_at: "bigint",
    updated_at: "bigint",
  },
  service_plugin_calls: {
    call_id: "text",
    request_id: "text",
    app_id: "text",
    instance_id: "text",
    site_id: "text",
    component_type: "text",
    method: "text",
    outcome: "text",
    status: "integer?",
    detail: "text?",
    started_at: "bigint",
    duration_ms: "integer",
  },
  roles: { role: "text", permissions: "text?", created_at: "bigint", updated_at: "bigint" },
  site_members: {
    site_id: "text",
    account_id: "text",
    role: "text",
    gen: "bigint",
    created_at: "bigint",
    updated_at: "bigint",
    removed_at: "bigint?",
  },
  accounts: {
    ...({ account_id: "text", email: "text?", name: "text", password: "text?" } as const),
    ...({ is_developer: "integer", is_operator: "integer", disabled_at: "bigint?" } as const),
    ...({ created_at: "bigint", updated_at: "bigint" } as const),
  },
  account_sessions: {
    ...({ session_id: "text", account_id: "text", digest: "text", gen: "bigint" } as const),
    ...({ created_at: "bigint", used_at: "bigint", expires_at: "bigint", ends_at: "bigint" } as const),
  },
  passkeys: {
    ...({ passkey_id: "text", account_id: "text", name: "text", public_key: "text" } as const),
    ...({ counter: "bigint", transports: "text", created_at: "bigint", used_at: "bigint?" } as const),
  },
  account_identities: {
    issuer: "text",
    subject: "text",
    account_id: "text",
    created_at: "bigint",
  },
  used_challenges: {
    challenge: "text",
    expires_at: "bigint",
  },
  app_developers: {
    app_id: "text",
    account_id: "text",
    created_at: "bigint",
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
    expires_at: "bigint?",
    deleted_at: "bigint?",
    resource: "text?",
    created_by: "text",
  },
  install_links: {
    link_id: "text",
    digest: "text",
    app_id: "text",
    site_id: "text",
    created_at: "bigint",
    expires_at: "bigint",
    outcome: "text?",
  },
  install_requests: {
    request_id: "text",
    app_id: "text",
    site_id: "text",
    account_id: "text",
    return_to: "text",
    state: "text",
    decided_by: "text?",
    created_at: "bigint",
    decided_at: "bigint?",
    expires_at: "bigint",
  },
  idempotency_keys: {
    principal: "text",
    idempotency_key: "text",
    request_digest: "text",
    status: "integer",
    sealed_body: "text",
    created_at: "bigint",
  },
};

/** Whether a column identifies a row or is compared with a column of another table. */
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
    expect(tables).toEqual(schema);
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
