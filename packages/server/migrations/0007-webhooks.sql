-- An event becomes deliveries, one for each subscription of each instance that is to hear of it. What waits is found by
-- its state, never by a cursor: a later commit may carry an earlier id.

CREATE TABLE event_types (
  event_type TEXT PRIMARY KEY,
  description TEXT NOT NULL,
  permission_id TEXT REFERENCES permissions (permission_id),
  created_at BIGINT NOT NULL
);

CREATE TABLE webhooks (
  webhook_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  event_type TEXT NOT NULL REFERENCES event_types (event_type),
  url TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  sealed_old_secret TEXT,
  old_secret_until BIGINT,
  failures INTEGER NOT NULL,
  failing_since BIGINT,
  warned_percent INTEGER NOT NULL,
  held_at BIGINT,
  hold_reason TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE INDEX webhooks_by_app ON webhooks (app_id, webhook_id);
CREATE INDEX webhooks_by_event_type ON webhooks (event_type, app_id);

-- The order of what an instance hears, and whether it hears anything: opened, paused and closed by its own events as
-- they are fanned out, so that each event meets the instances that were installed when it happened.
CREATE TABLE instance_streams (
  instance_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT NOT NULL,
  site_id TEXT NOT NULL,
  state TEXT NOT NULL,
  last_sequence BIGINT NOT NULL
);
CREATE INDEX instance_streams_by_site ON instance_streams (site_id, instance_id);

CREATE TABLE deliveries (
  delivery_id TEXT COLLATE BINARY PRIMARY KEY,
  event_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  instance_id TEXT,
  event_type TEXT NOT NULL,
  sequence BIGINT,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  attempts_before INTEGER NOT NULL,
  next_attempt_at BIGINT,
  leased_until BIGINT,
  in_order INTEGER NOT NULL,
  introduces INTEGER NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE UNIQUE INDEX deliveries_by_event ON deliveries (event_id, webhook_id, instance_id);
CREATE INDEX deliveries_by_due ON deliveries (webhook_id, next_attempt_at, sequence) WHERE status = 'pending';
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, delivery_id);
CREATE INDEX deliveries_by_app ON deliveries (app_id, delivery_id);
CREATE INDEX deliveries_by_instance ON deliveries (instance_id, delivery_id);
CREATE INDEX deliveries_by_failure ON deliveries (delivery_id) WHERE status = 'failed';
CREATE INDEX deliveries_by_wait ON deliveries (instance_id) WHERE status = 'waiting';
CREATE INDEX deliveries_by_introduction ON deliveries (instance_id) WHERE introduces = 1;
CREATE INDEX deliveries_by_order ON deliveries (webhook_id, instance_id, sequence) WHERE in_order = 1;
CREATE INDEX deliveries_by_lease ON deliveries (leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE delivery_attempts (
  delivery_id TEXT COLLATE BINARY NOT NULL,
  attempt INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  duration_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  response TEXT,
  detail TEXT,
  PRIMARY KEY (delivery_id, attempt)
);

-- AppInstalled once more for every instance of an app, some at a time: position is the last instance told.
CREATE TABLE backfills (
  backfill_id TEXT COLLATE BINARY PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  position TEXT NOT NULL,
  told BIGINT NOT NULL,
  total BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);

CREATE UNIQUE INDEX backfills_running ON backfills (app_id) WHERE ended_at IS NULL;

-- The numbers in the envelope of a domain event: they rise with each event of an entity.
CREATE TABLE entity_sequences (
  site_id TEXT NOT NULL,
  entity_fqdn TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  last_sequence BIGINT NOT NULL,
  PRIMARY KEY (site_id, entity_fqdn, entity_id)
);

-- fan_position: the last instance that has its deliveries of an event that is not fanned out to its end.
ALTER TABLE events ADD COLUMN fan_position TEXT;
ALTER TABLE events ADD COLUMN identity TEXT;
DROP INDEX events_by_fan_out;
CREATE INDEX events_by_fan_out ON events (event_id) WHERE fanned_at IS NULL;
CREATE INDEX events_by_site_and_fan_out ON events (site_id, event_id) WHERE fanned_at IS NULL;
