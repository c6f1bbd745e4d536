-- Times are epoch milliseconds. COLLATE BINARY compares by bytes; the runner writes COLLATE "C" for PostgreSQL. Every id,
-- and all other text that a query joins, sorts or pages by, has it: columns of different collations share no index.

-- security_changes counts removals, revocations and other changes that must not be undone. A server that has seen a higher
-- number than the database has stops, because the database is an old copy. platform_id distinguishes platforms.
CREATE TABLE platform (
  id INTEGER PRIMARY KEY,
  platform_id TEXT COLLATE BINARY NOT NULL,
  gen BIGINT NOT NULL,
  security_changes BIGINT NOT NULL,
  key_check TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE signing_keys (
  kid TEXT COLLATE BINARY PRIMARY KEY,
  public_jwk TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  announced_at BIGINT NOT NULL,
  active_at BIGINT NOT NULL,
  retired_at BIGINT,
  removed_at BIGINT
);

-- `resource` names the API of defineResource that declares a permission, a scope or an event type; it is NULL for those
-- of the platform and of the management API.
CREATE TABLE permissions (
  permission_id TEXT COLLATE BINARY PRIMARY KEY,
  description TEXT NOT NULL,
  resource TEXT COLLATE BINARY,
  created_at BIGINT NOT NULL
);

CREATE TABLE scopes (
  scope_id TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  resource TEXT COLLATE BINARY,
  created_at BIGINT NOT NULL
);

CREATE TABLE scope_permissions (
  scope_id TEXT COLLATE BINARY NOT NULL REFERENCES scopes (scope_id),
  permission_id TEXT COLLATE BINARY NOT NULL REFERENCES permissions (permission_id),
  PRIMARY KEY (permission_id, scope_id)
);
CREATE INDEX scope_permissions_by_scope ON scope_permissions (scope_id, permission_id);

-- APIs of the platform owner, which apps request access tokens for (RFC 8707). A row is never deleted, because API keys
-- and tokens name it.
CREATE TABLE resources (
  identifier TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE apps (
  app_id TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  gen BIGINT NOT NULL,
  scopes TEXT NOT NULL,
  legacy TEXT,
  post_installation_urls TEXT,
  enabled INTEGER NOT NULL,
  token_format TEXT NOT NULL,
  token_lifetime BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);

CREATE TABLE app_keys (
  kid TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  public_key TEXT NOT NULL,
  sealed_private_key TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX app_keys_by_app ON app_keys (app_id);

-- prefix has the first 12 characters of the secret, by which people find it.
CREATE TABLE app_secrets (
  secret_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  name TEXT NOT NULL,
  digest TEXT COLLATE BINARY NOT NULL,
  prefix TEXT COLLATE BINARY NOT NULL,
  sealed TEXT NOT NULL,
  is_primary INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  compromised_at BIGINT,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX app_secrets_by_digest ON app_secrets (app_id, digest);
CREATE INDEX app_secrets_by_prefix ON app_secrets (prefix);

CREATE TABLE sites (
  site_id TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  external_id TEXT COLLATE BINARY,
  locale TEXT NOT NULL,
  currency TEXT NOT NULL,
  url TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX sites_by_external_id ON sites (external_id);

-- Work on the content of a site that is done in steps. kind: copying (the copy has deleted_at until it is complete), installing
-- (a copy gets its instances), deleting. updated_at is the time of the last step.
CREATE TABLE site_work (
  site_id TEXT COLLATE BINARY PRIMARY KEY REFERENCES sites (site_id),
  kind TEXT NOT NULL,
  from_site_id TEXT COLLATE BINARY,
  actor TEXT NOT NULL,
  request_id TEXT COLLATE BINARY NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX site_work_by_update ON site_work (updated_at);

CREATE TABLE instances (
  instance_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  state TEXT COLLATE BINARY NOT NULL,
  gen BIGINT NOT NULL,
  granted_scopes TEXT NOT NULL,
  declined_scopes TEXT,
  pre_approved_scopes TEXT,
  origin_instance_id TEXT COLLATE BINARY,
  setup_completed_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX instances_by_app_and_site ON instances (app_id, site_id);
CREATE INDEX instances_by_site ON instances (site_id, instance_id);
CREATE INDEX instances_by_app ON instances (app_id, instance_id);
CREATE INDEX instances_by_app_and_state ON instances (app_id, state, instance_id);

-- Instances whose owner has to decide about scopes that the app added.
CREATE TABLE approvals (
  instance_id TEXT COLLATE BINARY PRIMARY KEY REFERENCES instances (instance_id),
  app_id TEXT COLLATE BINARY NOT NULL,
  site_id TEXT COLLATE BINARY NOT NULL,
  added_scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX approvals_by_app_and_site ON approvals (app_id, site_id);
CREATE INDEX approvals_by_app ON approvals (app_id, instance_id);
CREATE INDEX approvals_by_site ON approvals (site_id, instance_id);

-- Apps whose instances are compared with the scopes that the app requests, in steps: position is the last compared instance.
CREATE TABLE scope_changes (
  app_id TEXT COLLATE BINARY PRIMARY KEY REFERENCES apps (app_id),
  position TEXT COLLATE BINARY NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX scope_changes_by_update ON scope_changes (updated_at);

-- Scopes that the platform approves for all sites when the app requests them.
CREATE TABLE pre_approvals (
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  scope_id TEXT COLLATE BINARY NOT NULL REFERENCES scopes (scope_id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, scope_id)
);

-- When an instance got a token, and a secret, an API key or a page was used; id is that of the row, and for a page of an
-- instance `<instance_id> <extension_id>`. uses counts them, except those of API keys. Written every 5 seconds, so it is no
-- column of tables that token requests and checks read. app_id is set for instances.
CREATE TABLE last_uses (
  id TEXT COLLATE BINARY PRIMARY KEY,
  used_at BIGINT NOT NULL,
  app_id TEXT COLLATE BINARY,
  uses BIGINT NOT NULL
);
CREATE INDEX last_uses_by_app ON last_uses (app_id, used_at, id);

CREATE TABLE revoked_tokens (
  jti TEXT COLLATE BINARY PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- Credentials of the legacy flow, as digests. A spent code stays, so that its reuse is noticed. A refresh token is valid while
-- app_gen and instance_gen are those of its app and its instance.
CREATE TABLE legacy_install_tokens (
  digest TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  account_id TEXT COLLATE BINARY NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX legacy_install_tokens_by_expiry ON legacy_install_tokens (expires_at);
CREATE INDEX legacy_install_tokens_by_account ON legacy_install_tokens (account_id, app_id, expires_at, digest);

CREATE TABLE legacy_codes (
  digest TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  instance_id TEXT COLLATE BINARY NOT NULL REFERENCES instances (instance_id),
  instance_gen BIGINT NOT NULL,
  redirect_url TEXT NOT NULL,
  code_challenge TEXT,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  refresh_token_id TEXT COLLATE BINARY
);
CREATE INDEX legacy_codes_by_expiry ON legacy_codes (expires_at);
CREATE INDEX legacy_codes_by_instance ON legacy_codes (instance_id, expires_at, digest);

CREATE TABLE legacy_refresh_tokens (
  refresh_token_id TEXT COLLATE BINARY PRIMARY KEY,
  digest TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  instance_id TEXT COLLATE BINARY NOT NULL REFERENCES instances (instance_id),
  app_gen BIGINT NOT NULL,
  instance_gen BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX legacy_refresh_tokens_by_digest ON legacy_refresh_tokens (digest);
CREATE INDEX legacy_refresh_tokens_by_instance ON legacy_refresh_tokens (instance_id, created_at, refresh_token_id);

-- Refused requests of an app. A row counts those of one hour that have the same instance, route and reason. entry_id is the
-- time of the first of them; instance_id and route are empty where they do not apply.
CREATE TABLE token_log (
  entry_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL,
  hour BIGINT NOT NULL,
  instance_id TEXT COLLATE BINARY NOT NULL,
  route TEXT COLLATE BINARY NOT NULL,
  reason TEXT COLLATE BINARY NOT NULL,
  kind TEXT NOT NULL,
  requests BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  first_request_id TEXT COLLATE BINARY NOT NULL,
  last_request_id TEXT COLLATE BINARY NOT NULL
);
CREATE UNIQUE INDEX token_log_by_group ON token_log (app_id, hour, instance_id, route, reason);
CREATE INDEX token_log_by_app ON token_log (app_id, entry_id);
CREATE INDEX token_log_by_instance ON token_log (instance_id, entry_id);
CREATE INDEX token_log_by_first_request ON token_log (first_request_id);
CREATE INDEX token_log_by_last_request ON token_log (last_request_id);

-- What happened in a minute and in an hour (step), as counts of an app; app_id is empty for all apps together. at is the start of
-- the minute or the hour. ms_25 counts those that took more than 5 and at most 25 milliseconds, and so on.
CREATE TABLE counts (
  app_id TEXT COLLATE BINARY NOT NULL,
  metric TEXT COLLATE BINARY NOT NULL,
  step TEXT COLLATE BINARY NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT COLLATE BINARY NOT NULL,
  requests BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  ms_5 BIGINT NOT NULL,
  ms_25 BIGINT NOT NULL,
  ms_100 BIGINT NOT NULL,
  ms_250 BIGINT NOT NULL,
  ms_500 BIGINT NOT NULL,
  ms_1000 BIGINT NOT NULL,
  ms_2500 BIGINT NOT NULL,
  ms_5000 BIGINT NOT NULL,
  ms_10000 BIGINT NOT NULL,
  PRIMARY KEY (app_id, metric, step, at, outcome)
);
CREATE INDEX counts_by_time ON counts (step, at, app_id);

-- Days that an operator has set for a kind of rows. A kind without a row has its default.
CREATE TABLE retention (
  kind TEXT COLLATE BINARY PRIMARY KEY,
  days INTEGER NOT NULL
);

-- An event becomes deliveries, one for each subscription of each instance. Events without deliveries are found by state,
-- never by a cursor: a later commit may carry an earlier id. fan_out_cursor is the last instance that has its deliveries
-- of an event whose fan-out has not ended. Only one index has the pending events: with old statistics, PostgreSQL takes any.
CREATE TABLE events (
  event_id TEXT COLLATE BINARY PRIMARY KEY,
  event_type TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY,
  site_id TEXT COLLATE BINARY NOT NULL,
  instance_id TEXT COLLATE BINARY,
  payload TEXT NOT NULL,
  identity TEXT,
  occurred_at BIGINT NOT NULL,
  fan_out_cursor TEXT COLLATE BINARY,
  fanned_out_at BIGINT,
  traceparent TEXT
);
CREATE INDEX events_by_site ON events (site_id, event_id);
CREATE INDEX events_by_site_and_fan_out ON events (site_id, event_id) WHERE fanned_out_at IS NULL;

-- Bytes of the events that an app's own changes appended, by day (days since 1970, UTC). Several rows for a day, so that the
-- transactions of one app do not wait for each other.
CREATE TABLE event_usage (
  app_id TEXT COLLATE BINARY NOT NULL,
  day INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (app_id, day, part)
);
CREATE INDEX event_usage_by_day ON event_usage (day, app_id);

CREATE TABLE audit (
  entry_id TEXT COLLATE BINARY PRIMARY KEY,
  actor TEXT COLLATE BINARY NOT NULL,
  action TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY,
  site_id TEXT COLLATE BINARY,
  instance_id TEXT COLLATE BINARY,
  details TEXT NOT NULL,
  request_id TEXT COLLATE BINARY NOT NULL,
  occurred_at BIGINT NOT NULL
);
CREATE INDEX audit_by_app ON audit (app_id, entry_id);
CREATE INDEX audit_by_app_and_action ON audit (app_id, action, entry_id);
CREATE INDEX audit_by_app_and_site ON audit (app_id, site_id, entry_id);
CREATE INDEX audit_by_site ON audit (site_id, entry_id);
CREATE INDEX audit_by_instance ON audit (instance_id, entry_id);
CREATE INDEX audit_by_action ON audit (action, entry_id);
CREATE INDEX audit_by_actor ON audit (actor, entry_id);
CREATE INDEX audit_by_request ON audit (request_id, entry_id);

CREATE TABLE api_keys (
  key_id TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  digest TEXT COLLATE BINARY NOT NULL,
  scopes TEXT NOT NULL,
  app_id TEXT COLLATE BINARY REFERENCES apps (app_id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  deleted_at BIGINT,
  resource TEXT COLLATE BINARY,
  created_by TEXT COLLATE BINARY NOT NULL
);
CREATE UNIQUE INDEX api_keys_by_digest ON api_keys (digest);
CREATE INDEX api_keys_by_creator ON api_keys (created_by);

CREATE TABLE idempotency_keys (
  principal TEXT COLLATE BINARY NOT NULL,
  idempotency_key TEXT COLLATE BINARY NOT NULL,
  request_digest TEXT COLLATE BINARY NOT NULL,
  status INTEGER NOT NULL,
  sealed_body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (principal, idempotency_key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

CREATE TABLE event_types (
  event_type TEXT COLLATE BINARY PRIMARY KEY,
  description TEXT NOT NULL,
  permission_id TEXT COLLATE BINARY REFERENCES permissions (permission_id),
  resource TEXT COLLATE BINARY,
  created_at BIGINT NOT NULL
);

CREATE TABLE webhooks (
  webhook_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  event_type TEXT COLLATE BINARY NOT NULL REFERENCES event_types (event_type),
  url TEXT NOT NULL,
  format TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  sealed_previous_secret TEXT,
  previous_secret_expires_at BIGINT,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  last_warning_percent INTEGER NOT NULL,
  paused_at BIGINT,
  pause_reason TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT,
  confirmation TEXT NOT NULL,
  confirmation_attempts INTEGER NOT NULL,
  confirmation_attempted_at BIGINT,
  confirmation_reason TEXT,
  confirmation_due_at BIGINT
);
CREATE INDEX webhooks_by_confirmation ON webhooks (confirmation_due_at) WHERE confirmation_due_at IS NOT NULL;
CREATE INDEX webhooks_by_app ON webhooks (app_id, webhook_id);
CREATE INDEX webhooks_by_event_type ON webhooks (event_type, app_id);
CREATE INDEX webhooks_by_pause ON webhooks (paused_at) WHERE paused_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX webhooks_by_failure ON webhooks (failing_since) WHERE failing_since IS NOT NULL AND deleted_at IS NULL;

-- The event sequence of each instance, and the state of the instance as of the events that are fanned out so far. An event
-- of a site goes to the instances that were installed when it happened, not when it is fanned out.
CREATE TABLE instance_sequences (
  instance_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL,
  site_id TEXT COLLATE BINARY NOT NULL,
  state TEXT NOT NULL,
  last_sequence BIGINT NOT NULL
);
CREATE INDEX instance_sequences_by_site ON instance_sequences (site_id, instance_id);

-- The partial indexes hold the few rows in a state that a query looks for. A query by primary key must not repeat such a
-- condition: with old statistics PostgreSQL takes the partial index instead, and reads all of it.
CREATE TABLE deliveries (
  delivery_id TEXT COLLATE BINARY PRIMARY KEY,
  event_id TEXT COLLATE BINARY NOT NULL,
  webhook_id TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY NOT NULL,
  instance_id TEXT COLLATE BINARY,
  event_type TEXT COLLATE BINARY NOT NULL,
  sequence BIGINT,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  attempt_offset INTEGER NOT NULL,
  next_attempt_at BIGINT,
  leased_until BIGINT,
  ordered INTEGER NOT NULL,
  blocks_until_attempted INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX deliveries_by_event ON deliveries (event_id, webhook_id, instance_id);
CREATE INDEX deliveries_by_due ON deliveries (webhook_id, next_attempt_at, sequence) WHERE status = 'pending';
CREATE INDEX deliveries_by_turn ON deliveries (webhook_id, coalesce(instance_id, 'test'), next_attempt_at, sequence)
  WHERE status = 'pending';
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, delivery_id);
CREATE INDEX deliveries_by_app ON deliveries (app_id, delivery_id);
CREATE INDEX deliveries_by_instance ON deliveries (instance_id, delivery_id);
CREATE INDEX deliveries_by_failure ON deliveries (delivery_id) WHERE status = 'failed';
CREATE INDEX deliveries_by_failure_of_app ON deliveries (app_id, delivery_id) WHERE status = 'failed';
CREATE INDEX deliveries_by_block ON deliveries (instance_id) WHERE status = 'blocked';
CREATE INDEX deliveries_by_install_barrier ON deliveries (instance_id) WHERE blocks_until_attempted = 1;
CREATE INDEX deliveries_by_order ON deliveries (webhook_id, instance_id, sequence) WHERE ordered = 1;
CREATE INDEX deliveries_by_lease ON deliveries (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE delivery_attempts (
  delivery_id TEXT COLLATE BINARY NOT NULL,
  attempt INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  duration_ms INTEGER NOT NULL,
  format TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  response TEXT,
  detail TEXT,
  PRIMARY KEY (delivery_id, attempt)
);

-- AppInstalled again for every instance of an app, in steps: position is the last instance that has its event.
CREATE TABLE backfills (
  backfill_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  position TEXT COLLATE BINARY NOT NULL,
  processed BIGINT NOT NULL,
  total BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX backfills_running ON backfills (app_id) WHERE ended_at IS NULL;

-- Actions on the rows that a filter selects, in steps: position is the last row that a step has read. Rows that are newer
-- than the job are never changed. Unfinished jobs of an owner (an app, a site or else the creator) have one slot each.
CREATE TABLE jobs (
  job_id TEXT COLLATE BINARY PRIMARY KEY,
  action TEXT NOT NULL,
  filter TEXT NOT NULL,
  state TEXT NOT NULL,
  app_id TEXT COLLATE BINARY,
  site_id TEXT COLLATE BINARY,
  owner TEXT COLLATE BINARY NOT NULL,
  slot INTEGER NOT NULL,
  position TEXT COLLATE BINARY NOT NULL,
  total BIGINT NOT NULL,
  more INTEGER NOT NULL,
  done BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  retries INTEGER NOT NULL,
  error TEXT,
  created_by TEXT COLLATE BINARY NOT NULL,
  request_id TEXT COLLATE BINARY NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  ended_at BIGINT,
  expires_at BIGINT
);
CREATE UNIQUE INDEX jobs_unfinished ON jobs (owner, slot) WHERE ended_at IS NULL;
CREATE INDEX jobs_by_turn ON jobs (updated_at, job_id) WHERE ended_at IS NULL;
CREATE INDEX jobs_by_app ON jobs (app_id, job_id);
CREATE INDEX jobs_by_site ON jobs (site_id, job_id);
CREATE INDEX jobs_by_expiry ON jobs (expires_at);

-- The sequence number in the envelope of a domain event; it rises with each event of an entity.
CREATE TABLE entity_sequences (
  site_id TEXT COLLATE BINARY NOT NULL,
  entity_fqdn TEXT COLLATE BINARY NOT NULL,
  entity_id TEXT COLLATE BINARY NOT NULL,
  last_sequence BIGINT NOT NULL,
  PRIMARY KEY (site_id, entity_fqdn, entity_id)
);

-- What an app adds to its sites: pages that the platform opens, and service plugins that it calls.
CREATE TABLE extensions (
  extension_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  component_type TEXT COLLATE BINARY,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX extensions_by_app ON extensions (app_id, extension_id);
-- An app implements a type once: its client cannot distinguish two implementations.
CREATE UNIQUE INDEX extensions_by_component_type ON extensions (component_type, app_id);

CREATE TABLE service_plugin_types (
  component_type TEXT COLLATE BINARY PRIMARY KEY,
  methods TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE service_plugin_calls (
  call_id TEXT COLLATE BINARY PRIMARY KEY,
  request_id TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY NOT NULL,
  instance_id TEXT COLLATE BINARY NOT NULL,
  site_id TEXT COLLATE BINARY NOT NULL,
  component_type TEXT COLLATE BINARY NOT NULL,
  method TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  detail TEXT,
  started_at BIGINT NOT NULL,
  duration_ms INTEGER NOT NULL
);
CREATE INDEX service_plugin_calls_by_app ON service_plugin_calls (app_id, call_id);
CREATE INDEX service_plugin_calls_by_instance ON service_plugin_calls (instance_id, call_id);
CREATE INDEX service_plugin_calls_by_site ON service_plugin_calls (site_id, call_id);
CREATE INDEX service_plugin_calls_by_request ON service_plugin_calls (request_id, call_id);

-- What members may do on a site. Each check bounds a user token by the role.
CREATE TABLE roles (
  role TEXT COLLATE BINARY PRIMARY KEY,
  permissions TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A removed member keeps its row, and each removal raises gen: a token of an earlier membership remains invalid.
CREATE TABLE site_members (
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  account_id TEXT COLLATE BINARY NOT NULL,
  role TEXT COLLATE BINARY NOT NULL REFERENCES roles (role),
  gen BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (site_id, account_id)
);
CREATE INDEX site_members_by_account ON site_members (account_id, site_id);

-- People who sign in. The e-mail is in lower case. password is a scrypt hash with its parameters; NULL without a password.
CREATE TABLE accounts (
  account_id TEXT COLLATE BINARY PRIMARY KEY,
  email TEXT COLLATE BINARY,
  name TEXT NOT NULL,
  password TEXT,
  is_developer INTEGER NOT NULL,
  is_operator INTEGER NOT NULL,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (email);

-- Use moves expires_at, at most to ends_at. gen is that of the platform: a restored database has no sessions.
CREATE TABLE account_sessions (
  session_id TEXT COLLATE BINARY PRIMARY KEY,
  account_id TEXT COLLATE BINARY NOT NULL REFERENCES accounts (account_id),
  digest TEXT COLLATE BINARY NOT NULL,
  gen BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_sessions_by_digest ON account_sessions (digest);
CREATE INDEX account_sessions_by_account ON account_sessions (account_id, session_id);
CREATE INDEX account_sessions_by_expiry ON account_sessions (expires_at);

-- People of the platform's own identity provider.
CREATE TABLE account_identities (
  issuer TEXT COLLATE BINARY NOT NULL,
  subject TEXT COLLATE BINARY NOT NULL,
  account_id TEXT COLLATE BINARY NOT NULL REFERENCES accounts (account_id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX account_identities_by_account ON account_identities (account_id);

CREATE TABLE passkeys (
  passkey_id TEXT COLLATE BINARY PRIMARY KEY,
  account_id TEXT COLLATE BINARY NOT NULL REFERENCES accounts (account_id),
  name TEXT NOT NULL,
  public_key TEXT NOT NULL,
  counter BIGINT NOT NULL,
  transports TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id, passkey_id);

-- Challenges that passkeys have signed, so that each is accepted once. Others are not stored.
CREATE TABLE used_challenges (
  challenge TEXT COLLATE BINARY PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX used_challenges_by_expiry ON used_challenges (expires_at);

CREATE TABLE app_developers (
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  account_id TEXT COLLATE BINARY NOT NULL REFERENCES accounts (account_id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (app_id, account_id)
);
CREATE INDEX app_developers_by_account ON app_developers (account_id, app_id);

-- Links by which one person installs an app once. digest is the HMAC of the token. outcome is NULL until the person decides.
CREATE TABLE install_links (
  link_id TEXT COLLATE BINARY PRIMARY KEY,
  digest TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  outcome TEXT COLLATE BINARY
);
CREATE UNIQUE INDEX install_links_by_digest ON install_links (digest);
CREATE INDEX install_links_by_site ON install_links (site_id, expires_at);
CREATE INDEX install_links_by_expiry ON install_links (expires_at);

-- Links that show pages of an app or a site in a frame of another site, and their sessions. digest is the HMAC of the token, and from
-- the use of the link on that of the secret of its session; expires_at changes with it. pages and theme are JSON.
CREATE TABLE portal_links (
  link_id TEXT COLLATE BINARY PRIMARY KEY,
  digest TEXT COLLATE BINARY NOT NULL,
  app_id TEXT COLLATE BINARY REFERENCES apps (app_id),
  site_id TEXT COLLATE BINARY REFERENCES sites (site_id),
  pages TEXT NOT NULL,
  origin TEXT NOT NULL,
  theme TEXT NOT NULL,
  created_by TEXT COLLATE BINARY NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX portal_links_by_digest ON portal_links (digest);
CREATE INDEX portal_links_by_app ON portal_links (app_id, expires_at);
CREATE INDEX portal_links_by_site ON portal_links (site_id, expires_at);
CREATE INDEX portal_links_by_expiry ON portal_links (expires_at);

-- A member asks the owners of a site to install an app. return_to is JSON: where the member returns to after the decision. A member
-- has one pending request for an app and a site.
CREATE TABLE install_requests (
  request_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT COLLATE BINARY NOT NULL REFERENCES apps (app_id),
  site_id TEXT COLLATE BINARY NOT NULL REFERENCES sites (site_id),
  account_id TEXT COLLATE BINARY NOT NULL,
  return_to TEXT NOT NULL,
  state TEXT COLLATE BINARY NOT NULL,
  decided_by TEXT COLLATE BINARY,
  created_at BIGINT NOT NULL,
  decided_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX install_requests_pending ON install_requests (site_id, app_id, account_id) WHERE state = 'pending';
CREATE INDEX install_requests_by_site ON install_requests (site_id, state, request_id);
CREATE INDEX install_requests_by_account ON install_requests (account_id, state);
CREATE INDEX install_requests_by_expiry ON install_requests (expires_at);
