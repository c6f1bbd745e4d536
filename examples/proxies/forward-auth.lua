-- The action `lua.forward_auth <url>`: authorizes a request with Latchkey. On 200 it sets the five identity headers, otherwise
-- it responds instead of the API.

local identity_headers = {
  "x-latchkey-app", "x-latchkey-instance", "x-latchkey-site", "x-latchkey-subject", "x-latchkey-permissions",
}
-- HAProxy tries four times.
local timeout_ms = 1500

local function respond(txn, status, answer_headers, body)
  local reply = txn:reply()
  reply:set_status(status)
  for _, name in ipairs({ "content-type", "www-authenticate", "retry-after", "x-request-id", "x-wix-request-id" }) do
    for _, value in pairs(answer_headers[name] or {}) do reply:add_header(name, value) end
  end
  reply:add_header("cache-control", "no-store")
  reply:set_body(body)
  txn:done(reply)
end

core.register_action("forward_auth", { "http-req" }, function(txn, url)
  local sent = txn.http:req_get_headers()
  local answer = core.httpclient():get({
    url = url,
    -- All values of Authorization, so that Latchkey rejects a request with two of them.
    headers = { authorization = sent["authorization"] },
    timeout = timeout_ms,
  })
  local headers = answer and answer.headers or {}
  if answer and (answer.status == 401 or answer.status == 403) then
    return respond(txn, answer.status, headers, answer.body)
  end
  if not answer or answer.status ~= 200 then
    return respond(txn, 503, { ["retry-after"] = { "1" }, ["content-type"] = { "application/json" } },
      '{"message":"","details":{}}')
  end
  for _, name in ipairs(identity_headers) do
    for _, value in pairs(headers[name] or {}) do txn.http:req_set_header(name, value) end
  end
end, 1)
