/**
 * The actions that take access away or move it elsewhere, and the request of the management API that repeats each of them
 * on a database that lacks it. `done` where raising the generation of the platform has the same effect.
 */
export const securityActions: ReadonlyMap<string, string> = new Map([
  ["api-key.deleted", "DELETE /api-keys/{keyId}"],
  ["app.changed", "PATCH /apps/{appId}"],
  ["app.deleted", "DELETE /apps/{appId}"],
  ["app.pre-approval.deleted", "DELETE /apps/{appId}/pre-approvals/{scopeId}"],
  ["app.secret.compromised", "POST /apps/{appId}/secrets/{secretId}/compromise"],
  ["app.secret.deleted", "DELETE /apps/{appId}/secrets/{secretId}"],
  ["app.tokens.revoked", "done"],
  ["extension.changed", "PATCH /apps/{appId}/extensions/{extensionId}"],
  ["extension.deleted", "DELETE /apps/{appId}/extensions/{extensionId}"],
  ["instance.approved", "POST /instances/{instanceId}/approve"],
  ["instance.removed", "DELETE /instances/{instanceId}"],
  ["instance.scopes.withdrawn", "POST /instances/{instanceId}/withdraw"],
  ["instance.suspended", "POST /instances/{instanceId}/suspend"],
  ["instance.tokens.revoked", "done"],
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
