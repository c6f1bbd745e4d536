/**
 * The actions that take access away or move it elsewhere, and the request of the management API that repeats each of them
 * on a database that lacks it.
 */
export const securityActions: ReadonlyMap<string, string> = new Map([
  ["api-key.deleted", "DELETE /api-keys/{keyId}"],
  ["app.changed", "PATCH /apps/{appId}"],
  ["app.deleted", "DELETE /apps/{appId}"],
  ["app.secret.compromised", "POST /apps/{appId}/secrets/{secretId}/compromise"],
  ["app.secret.deleted", "DELETE /apps/{appId}/secrets/{secretId}"],
  ["app.tokens.revoked", "POST /apps/{appId}/revoke-tokens"],
  ["extension.changed", "PATCH /apps/{appId}/extensions/{extensionId}"],
  ["extension.deleted", "DELETE /apps/{appId}/extensions/{extensionId}"],
  ["instance.approved", "POST /instances/{instanceId}/approve"],
  ["instance.removed", "DELETE /instances/{instanceId}"],
  ["instance.refresh-token.revoked", "POST /instances/{instanceId}/revoke-tokens"],
  ["instance.suspended", "POST /instances/{instanceId}/suspend"],
  ["instance.tokens.revoked", "POST /instances/{instanceId}/revoke-tokens"],
  ["member.deleted", "DELETE /sites/{siteId}/members/{accountId}"],
  ["member.set", "PUT /sites/{siteId}/members/{accountId}"],
  ["role.set", "PUT /roles/{role}"],
  ["signing-key.retired", "POST /keys/{kid}/retire"],
  ["site.deleted", "DELETE /sites/{siteId}"],
  ["webhook.changed", "PATCH /apps/{appId}/webhooks/{webhookId}"],
  ["webhook.deleted", "DELETE /apps/{appId}/webhooks/{webhookId}"],
  ["webhook.paused", "POST /apps/{appId}/webhooks/{webhookId}/pause"],
  ["webhook.secret-rotated", "POST /apps/{appId}/webhooks/{webhookId}/rotate-secret"],
]);
