import { z } from "zod";
import { isoTime } from "../../infrastructure/clock/index.ts";
import { change, list, type ManagementRoute } from "../../infrastructure/management/index.ts";
import { guid, instant, resourceIdentifier, text, time } from "../../infrastructure/routes/index.ts";
import { type ApiKey, listApiKeys } from "./api-keys.queries.ts";
import type { ApiKeys } from "./api-keys.ts";
import { keyScopeNames } from "./key-scopes.ts";

const tag = "API keys";

const scopes = z.array(z.enum(keyScopeNames));

const newApiKey = z.strictObject({
  name: text(200),
  scopes: scopes.min(1).max(keyScopeNames.length),
  appId: guid.optional().meta({ description: "Binds the key to one app: no other exists for it" }),
  resource: resourceIdentifier.optional().meta({
    description: "Binds the key to one resource, about whose tokens alone it may ask; with tokens:introspect",
  }),
  expiresAt: instant.optional(),
});

const apiKeyAnswer = z
  .object({
    keyId: z.guid(),
    name: z.string(),
    scopes,
    appId: z.guid().nullable(),
    resource: z.string().nullable(),
    createdAt: time,
    lastUsedAt: time.nullable(),
    expiresAt: time.nullable(),
  })
  .meta({ id: "ApiKey", description: "A key to this API" });

const createdApiKey = apiKeyAnswer
  .extend({ value: z.string().meta({ description: "Shown this once" }) })
  .meta({ id: "CreatedApiKey", description: "A new key to this API" });

/** Management of the keys that open this API. */
export function apiKeyRoutes(apiKeys: ApiKeys): readonly ManagementRoute[] {
  return [
    list({
      path: "/api-keys",
      tag,
      operationId: "listApiKeys",
      summary: "List API keys",
      scope: "api-keys:read",
      item: apiKeyAnswer,
      find: ({ db, page }) => listApiKeys(db, page),
      position: (key) => key.keyId,
      show: showApiKey,
    }),
    change({
      method: "POST",
      path: "/api-keys",
      tag,
      operationId: "createApiKey",
      summary: "Make an API key that may do no more than the key of the caller",
      scope: "api-keys:write",
      example: { name: "Reporting", scopes: ["apps:read"] },
      errors: ["APP_NOT_FOUND", "RESOURCE_NOT_FOUND"],
      body: newApiKey,
      response: createdApiKey,
      async handle({ trx, actor, body, principal }) {
        const { value, ...key } = await apiKeys.create(trx, actor, { ...body, maker: principal });
        return { ...showApiKey(key), value };
      },
    }),
    change({
      method: "DELETE",
      path: "/api-keys/{keyId}",
      tag,
      operationId: "deleteApiKey",
      summary: "Delete an API key; it opens nothing from then on",
      scope: "api-keys:write",
      errors: ["KEY_NOT_FOUND"],
      response: z.object({}),
      async handle({ trx, actor, ids }) {
        await apiKeys.remove(trx, actor, ids.keyId);
        return {};
      },
    }),
  ];
}

function showApiKey(key: ApiKey): z.input<typeof apiKeyAnswer> {
  return {
    ...key,
    scopes: [...key.scopes],
    createdAt: isoTime(key.createdAt),
    lastUsedAt: key.lastUsedAt === null ? null : isoTime(key.lastUsedAt),
    expiresAt: key.expiresAt === null ? null : isoTime(key.expiresAt),
  };
}
