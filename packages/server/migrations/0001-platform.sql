-- Times are epoch milliseconds. COLLATE BINARY orders by bytes; on PostgreSQL the runner writes COLLATE "C" for it.

CREATE TABLE platform (
  id INTEGER PRIMARY KEY,
  gen BIGINT NOT NULL,
  key_check TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  public_jwk TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  announced_at BIGINT NOT NULL,
  active_at BIGINT NOT NULL,
  retired_at BIGINT,
  removed_at BIGINT
);

CREATE TABLE permissions (
  permission_id TEXT PRIMARY KEY,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE scopes (
  scope_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE scope_permissions (
  scope_id TEXT NOT NULL REFERENCES scopes (scope_id),
  permission_id TEXT NOT NULL REFERENCES permissions (permission_id),
  PRIMARY KEY (permission_id, scope_id)
);

CREATE TABLE apps (
  app_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  gen BIGINT NOT NULL,
  scopes TEXT NOT NULL,
  legacy INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  token_format TEXT NOT NULL,
  token_lifetime BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE TABLE app_keys (
  kid TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  public_key TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX app_keys_by_app ON app_keys (app_id);

CREATE TABLE app_secrets (
  secret_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  sealed TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  expires_at BIGINT,
  compromised_at BIGINT,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX app_secrets_by_digest ON app_secrets (app_id, digest);

CREATE TABLE sites (
  site_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT,
  locale TEXT NOT NULL,
  currency TEXT NOT NULL,
  url TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX sites_by_external_id ON sites (external_id);

CREATE TABLE instances (
  instance_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  site_id TEXT NOT NULL REFERENCES sites (site_id),
  state TEXT NOT NULL,
  gen BIGINT NOT NULL,
  granted_scopes TEXT NOT NULL,
  origin_instance_id TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_token_at BIGINT
);
CREATE UNIQUE INDEX instances_by_app_and_site ON instances (app_id, site_id);
CREATE INDEX instances_by_site ON instances (site_id, instance_id);
CREATE INDEX instances_by_app ON instances (app_id, instance_id);

CREATE TABLE revoked_tokens (
  jti TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

CREATE TABLE token_log (
  entry_id TEXT COLLATE BINARY PRIMARY KEY,
  request_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  instance_id TEXT,
  reason TEXT NOT NULL,
  occurred_at BIGINT NOT NULL
);
CREATE INDEX token_log_by_app ON token_log (app_id, entry_id);
CREATE INDEX token_log_by_time ON token_log (occurred_at);

CREATE TABLE events (
  event_id TEXT COLLATE BINARY PRIMARY KEY,
  event_type TEXT NOT NULL,
  app_id TEXT,
  site_id TEXT NOT NULL,
  instance_id TEXT,
  payload TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  fanned_at BIGINT
);
CREATE INDEX events_by_fan_out ON events (fanned_at, event_id);

CREATE TABLE audit (
  entry_id TEXT COLLATE BINARY PRIMARY KEY,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  app_id TEXT,
  site_id TEXT,
  instance_id TEXT,
  details TEXT NOT NULL,
  request_id TEXT NOT NULL,
  occurred_at BIGINT NOT NULL
);
CREATE INDEX audit_by_app ON audit (app_id, entry_id);
CREATE INDEX audit_by_site ON audit (site_id, entry_id);

CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  scopes TEXT NOT NULL,
  app_id TEXT REFERENCES apps (app_id),
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  expires_at BIGINT,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (digest);

CREATE TABLE idempotency_keys (
  principal TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_digest TEXT NOT NULL,
  status INTEGER NOT NULL,
  sealed_body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (principal, idempotency_key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
