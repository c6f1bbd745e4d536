import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { change, list, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { guid, instant, resourceIdentifier, text, time } from "../../infrastructure/routes/index.ts";
import { type ListedApiKey, listApiKeys } from "./api-keys.queries.ts";
import { type ApiKeyDependencies, createApiKey, deleteApiKey } from "./api-keys.ts";
import { keyScopeNames } from "./key-scopes.ts";

const tag = "API keys";

const scopes = z.array(z.enum(keyScopeNames));

const newApiKey = z.strictObject({
  name: text(200),
  scopes: scopes.min(1).max(keyScopeNames.length),
  appId: guid.optional().meta({ description: "Binds the key to one app; it gets 404 for every other app" }),
  resource: resourceIdentifier.optional().meta({
    description:
      "Binds the key to one resource; it can only introspect tokens for it. With tokens:introspect",
  }),
  expiresAt: instant.optional(),
});

const apiKeyResponse = z
  .object({
    keyId: z.guid(),
    name: z.string(),
    scopes,
    appId: z.guid().nullable(),
    resource: z.string().nullable(),
    createdBy: z.string().meta({ description: "admin, or key:<keyId>" }),
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .meta({ id: "ApiKey", description: "A key to this API" });

const createdApiKey = apiKeyResponse
  .extend({ value: z.string().meta({ description: "Shown this once" }) })
  .meta({ id: "CreatedApiKey", description: "A new key to this API" });

export function apiKeyRoutes(deps: ApiKeyDependencies): readonly ManagementRoute[] {
  return [
    list({
      path: "/api-keys",
      tag,
      operationId: "listApiKeys",
      summary: "List API keys; without those of deleted apps",
      scope: "api-keys:read",
      item: apiKeyResponse,
      find: ({ db, page }) => listApiKeys(db, page),
      position: (key) => key.key_id,
      show: showApiKey,
    }),
    change({
      method: "POST",
      path: "/api-keys",
      tag,
      operationId: "createApiKey",
      summary: "Create an API key with at most the access of the caller's key",
      scope: "api-keys:write",
      example: { name: "Reporting", scopes: ["apps:read"] },
      errors: ["APP_NOT_FOUND", "RESOURCE_NOT_FOUND"],
      body: newApiKey,
      response: createdApiKey,
      async handle({ trx, actor, body, now, principal: maker }) {
        const { value, ...key } = await createApiKey(deps, { trx, actor, now, maker }, body);
        return { ...showApiKey({ ...key, last_used_at: null }), value };
      },
    }),
    change({
      method: "DELETE",
      path: "/api-keys/{keyId}",
      tag,
      operationId: "deleteApiKey",
      summary: "Delete an API key, and the keys that it created; they are invalid at once",
      scope: "api-keys:write",
      errors: ["KEY_NOT_FOUND"],
      query: z.strictObject({
        cascade: z.enum(["true", "false"]).default("false").meta({
          description: "Whether to delete every key that the key created, directly or through other keys",
        }),
      }),
      handle: ({ ids, query, ...changing }) =>
        deleteApiKey(deps.audit, changing, { keyId: ids.keyId, cascade: query.cascade === "true" }),
    }),
  ];
}

function showApiKey(key: ListedApiKey): z.input<typeof apiKeyResponse> {
  return {
    keyId: key.key_id,
    name: key.name,
    scopes: JSON.parse(key.scopes),
    appId: key.app_id,
    resource: key.resource,
    createdBy: key.created_by,
    createdAt: isoTime(key.created_at),
    lastUsedAt: key.last_used_at === null ? null : isoTime(key.last_used_at),
    expiresAt: key.expires_at === null ? null : isoTime(key.expires_at),
  };
}
