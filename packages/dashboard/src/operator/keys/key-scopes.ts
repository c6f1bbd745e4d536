import type { ApiKey } from "../queries.ts";

/** A scope that a key can have without being bound to a resource. */
export type KeyScope = Exclude<ApiKey["scopes"][number], "tokens:introspect">;

/** What each scope of a key allows. */
export const keyScopes: Readonly<Record<KeyScope, string>> = {
  "apps:read": "Read apps",
  "apps:write": "Create and change apps",
  "sites:read": "Read sites",
  "sites:write": "Create and change sites",
  "instances:read": "Read instances",
  "instances:write": "Install, approve and remove",
  "permissions:read": "Read permissions and scopes",
  "permissions:write": "Create permissions and scopes",
  "keys:read": "Read signing keys",
  "keys:write": "Create and retire signing keys",
  "api-keys:read": "Read API keys",
  "api-keys:write": "Create and revoke API keys",
  "audit:read": "Read the audit log",
  "token-log:read": "Read refused requests",
  "find:read": "Find what an id is",
  "webhooks:read": "Read webhooks",
  "webhooks:write": "Create and change webhooks",
  "events:read": "Read events",
  "events:publish": "Publish events",
  "deliveries:read": "Read deliveries",
  "deliveries:write": "Resend and cancel deliveries",
  "jobs:read": "Read jobs",
  "jobs:write": "Start and cancel jobs",
  "accounts:read": "Read accounts",
  "accounts:write": "Create and change accounts",
  "members:read": "Read members of sites",
  "members:write": "Change members of sites",
  "portal-links:read": "Read portal links",
  "portal-links:write": "Create and delete portal links",
  "extensions:read": "Read extensions",
  "extensions:write": "Create and change extensions",
  "pages:open": "Open pages of apps",
  "service-plugins:read": "Read plugin types and calls",
  "service-plugins:write": "Create plugin types",
  "service-plugins:call": "Call service plugins",
  "metrics:read": "Read metrics and counts",
  "settings:read": "Read the retention",
  "settings:write": "Change the retention",
};

export function isKeyScope(text: string): text is KeyScope {
  return text in keyScopes;
}
