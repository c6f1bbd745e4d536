-- APIs of the platform's owner that access tokens are asked for (RFC 8707). They are never deleted, so a key that is
-- bound to one points at it for ever.

CREATE TABLE resources (
  identifier TEXT COLLATE BINARY PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

ALTER TABLE api_keys ADD COLUMN resource TEXT;
