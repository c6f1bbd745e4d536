/**
 * The actions that take access away or move it elsewhere, and the request of the management API that repeats each of them
 * on a database that lacks it. `done` where raising the generation of the platform has the same effect.
 */
export const securityActions: ReadonlyMap<string, string> = new Map([
  ["account.changed", "PATCH /accounts/{accountId}"],
  ["account.deleted", "DELETE /accounts/{accountId}"],
  ["account.password-changed", "PATCH /accounts/{accountId}"],
  ["api-key.deleted", "DELETE /api-keys/{keyId}"],
  ["app.changed", "PATCH /apps/{appId}"],
  ["app.developer.removed", "DELETE /apps/{appId}/developers/{accountId}"],
  ["app.deleted", "DELETE /apps/{appId}"],
  ["app.secret.compromised", "POST /apps/{appId}/secrets/{secretId}/compromise"],
  ["app.secret.deleted", "DELETE /apps/{appId}/secrets/{secretId}"],
  ["app.tokens.revoked", "done"],
  ["extension.changed", "PATCH /apps/{appId}/extensions/{extensionId}"],
  ["extension.deleted", "DELETE /apps/{appId}/extensions/{extensionId}"],
  ["instance.approved", "POST /instances/{instanceId}/approve"],
  ["instance.removed", "DELETE /instances/{instanceId}"],
  ["instance.suspended", "POST /instances/{instanceId}/suspend"],
  ["instance.tokens.revoked", "done"],
  ["member.deleted", "DELETE /sites/{siteId}/members/{accountId}"],
  ["member.set", "PUT /sites/{siteId}/members/{accountId}"],
  ["passkey.deleted", "DELETE /me/passkeys/{passkeyId}"],
  ["role.set", "PUT /roles/{role}"],
  ["session.ended", "done"],
  ["signing-key.retired", "POST /keys/{kid}/retire"],
  ["site.deleted", "DELETE /sites/{siteId}"],
  ["webhook.changed", "PATCH /apps/{appId}/webhooks/{webhookId}"],
  ["webhook.deleted", "DELETE /apps/{appId}/webhooks/{webhookId}"],
  ["webhook.paused", "POST /apps/{appId}/webhooks/{webhookId}/pause"],
  ["webhook.secret-rotated", "POST /apps/{appId}/webhooks/{webhookId}/rotate-secret"],
]);
