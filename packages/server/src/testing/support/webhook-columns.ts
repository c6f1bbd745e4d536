import type { Schema } from "../../infrastructure/database/index.ts";

type Type<Value> = [NonNullable<Value>] extends [string] ? "text" : "integer" | "bigint" | "double";
type Column<Value> = null extends Value ? `${Type<Value>}?` : Type<Value>;

/** The columns of tables, as the databases must have them. */
export type Columns<Tables extends keyof Schema> = {
  readonly [Table in Tables]: { readonly [Name in keyof Schema[Table]]: Column<Schema[Table][Name]> };
};

type WebhookTables = "webhooks" | "instance_sequences" | "deliveries" | "delivery_attempts";

export const webhookColumns: Columns<WebhookTables> = {
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
};
