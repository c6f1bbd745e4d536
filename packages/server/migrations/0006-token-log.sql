-- The id of an answer leads to the reason, however many refusals there are.
CREATE INDEX IF NOT EXISTS token_log_by_request ON token_log (request_id);
