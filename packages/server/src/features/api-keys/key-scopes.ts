/**
 * What an API key may do, and what it reaches by it: a key that is bound to an app cannot hold what concerns the
 * platform as a whole, and what concerns one resource is held by keys that are bound to it, alone. A new scope is a
 * line here and the routes that need it.
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
  "webhooks:read": "app",
  "webhooks:write": "app",
  "events:publish": "platform",
  "deliveries:read": "app",
  "deliveries:write": "app",
  "members:read": "platform",
  "members:write": "platform",
  "extensions:read": "app",
  "extensions:write": "app",
  "pages:open": "platform",
  "service-plugins:read": "app",
  "service-plugins:write": "platform",
  "service-plugins:call": "platform",
  "metrics:read": "platform",
  "tokens:introspect": "resource",
} as const;

/** The name of something an API key may do. */
export type KeyScope = keyof typeof keyScopes;

/** Every {@link KeyScope}. */
export const keyScopeNames: readonly [KeyScope, ...KeyScope[]] = Object.keys(keyScopes) as [
  KeyScope,
  ...KeyScope[],
];
