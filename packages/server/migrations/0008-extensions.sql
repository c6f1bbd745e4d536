-- What an app adds to the sites that it is installed on: pages that the platform opens, and plugins that it calls.

CREATE TABLE extensions (
  extension_id TEXT PRIMARY KEY,
  app_id TEXT NOT NULL REFERENCES apps (app_id),
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  component_type TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX extensions_by_app ON extensions (app_id, extension_id);
-- An app answers for a type once: its client could not tell two implementations apart.
CREATE UNIQUE INDEX extensions_by_component_type ON extensions (component_type, app_id);

CREATE TABLE service_plugin_types (
  component_type TEXT PRIMARY KEY,
  methods TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE service_plugin_calls (
  call_id TEXT COLLATE BINARY PRIMARY KEY,
  request_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  site_id TEXT NOT NULL,
  component_type TEXT NOT NULL,
  method TEXT NOT NULL,
  outcome TEXT NOT NULL,
  status INTEGER,
  detail TEXT,
  started_at BIGINT NOT NULL,
  duration_ms INTEGER NOT NULL
);
CREATE INDEX service_plugin_calls_by_app ON service_plugin_calls (app_id, call_id);
CREATE INDEX service_plugin_calls_by_request ON service_plugin_calls (request_id, call_id);

-- What people may do on a site. Roles are the platform's; a token of a user is bounded by the role at each check.
CREATE TABLE roles (
  role TEXT PRIMARY KEY,
  permissions TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A removed member keeps its row, and each removal raises gen: a token of an earlier membership stays dead.
CREATE TABLE site_members (
  site_id TEXT NOT NULL REFERENCES sites (site_id),
  account_id TEXT NOT NULL,
  role TEXT NOT NULL REFERENCES roles (role),
  gen BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  removed_at BIGINT,
  PRIMARY KEY (site_id, account_id)
);
