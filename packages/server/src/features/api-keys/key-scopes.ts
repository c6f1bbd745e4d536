/**
 * The scopes of API keys, each with the objects that it gives access to. A key that is bound to an app can have only
 * `app`, a key that is bound to a resource only `resource`, and any other key `app` and `platform`.
 */
export const keyScopes = {
  "apps:read": "app",
  "apps:write": "app",
  "sites:read": "platform",
  "sites:write": "platform",
  "instances:read": "app",
  "instances:write": "platform",
  "permissions:read": "app",
  "permissions:write": "platform",
  "keys:read": "platform",
  "keys:write": "platform",
  "api-keys:read": "platform",
  "api-keys:write": "platform",
  "audit:read": "app",
  "token-log:read": "app",
  "find:read": "app",
  "webhooks:read": "app",
  "webhooks:write": "app",
  "events:read": "platform",
  "events:publish": "platform",
  "deliveries:read": "app",
  "deliveries:write": "app",
  "jobs:read": "app",
  "jobs:write": "app",
  "accounts:read": "platform",
  "accounts:write": "platform",
  "members:read": "platform",
  "members:write": "platform",
  "portal-links:read": "app",
  "portal-links:write": "app",
  "extensions:read": "app",
  "extensions:write": "app",
  "pages:open": "platform",
  "service-plugins:read": "app",
  "service-plugins:write": "platform",
  "service-plugins:call": "platform",
  "metrics:read": "platform",
  "settings:read": "platform",
  "settings:write": "platform",
  "tokens:introspect": "resource",
} as const;

export type KeyScope = keyof typeof keyScopes;

export const keyScopeNames: readonly [KeyScope, ...KeyScope[]] = Object.keys(keyScopes) as [
  KeyScope,
  ...KeyScope[],
];
