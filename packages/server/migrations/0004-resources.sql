-- APIs of the platform's owner that access tokens are asked for (RFC 8707). They are never deleted, so a key that is
-- bound to one points at it for ever.

CREATE TABLE resources (
  identifier TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- What a token permits is looked up by its scopes.
CREATE INDEX scope_permissions_by_scope ON scope_permissions (scope_id, permission_id);

ALTER TABLE api_keys ADD COLUMN resource TEXT;
