import { apiKeyPrefix, formatSecret } from "@latchkey/protocol";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { ApiKeysTable, Ids, RandomBytes, Write } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField, ValidationError } from "../../infrastructure/errors/index.ts";
import { type Actor, type Principal, requireScope } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import {
  insertApiKey,
  isApiKey,
  markApiKeyDeleted,
  markCreatedKeysDeleted,
  requireApp,
  requireResource,
} from "./api-keys.queries.ts";
import { type KeyScope, keyScopes } from "./key-scopes.ts";

export interface ApiKeyDependencies {
  readonly ids: Ids;
  readonly random: RandomBytes;
  readonly vault: Vault;
  readonly audit: AuditLog;
}

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly appId?: string | undefined;
  readonly resource?: string | undefined;
  readonly expiresAt?: number | undefined;
}

const keysPerStep = 500;

interface Change {
  readonly trx: Write;
  readonly actor: Actor;
  readonly now: number;
}

/**
 * Creates a key with at most the access and the lifetime of the key of its `maker`, and returns it with its value.
 * Throws `PERMISSION_DENIED`, `APP_NOT_FOUND`, `RESOURCE_NOT_FOUND`, and violations for an `expiresAt` in the past or
 * after that of the maker, and for scopes that a key with this binding cannot have.
 */
export async function createApiKey(
  { audit, ids, random, vault }: ApiKeyDependencies,
  { actor, maker, now, trx }: Change & { maker: Principal },
  input: NewApiKey,
): Promise<ApiKeysTable & { value: string }> {
  for (const scope of input.scopes) requireScope(maker, scope);
  requirePossibleScopes(input);
  requirePossibleExpiry(input.expiresAt, { now, latest: maker.expiresAt });
  if (input.appId !== undefined) await requireApp(trx, input.appId);
  if (input.resource !== undefined) await requireResource(trx, input.resource);
  const value = formatSecret(random(32), apiKeyPrefix);
  const { appId, expiresAt = null, name, resource } = input;
  const keyId = ids.guid();
  const scopes = [...new Set(input.scopes)];
  const key: ApiKeysTable = {
    key_id: keyId,
    name,
    digest: vault.digest(value),
    scopes: JSON.stringify(scopes),
    app_id: appId ?? null,
    resource: resource ?? null,
    created_by: maker.name,
    created_at: now,
    expires_at: expiresAt,
    deleted_at: null,
  };
  await insertApiKey(trx, key);
  await audit.append(trx, actor, {
    action: "api-key.created",
    ...(appId === undefined ? {} : { appId }),
    details: { keyId, name, scopes, expiresAt, ...(resource && { resource }) },
  });
  return { ...key, value };
}

/**
 * Deletes a key. With `cascade`, deletes every key that it created, directly or through other keys; then the key itself
 * may be deleted already. Throws `KEY_NOT_FOUND`.
 */
export async function deleteApiKey(
  audit: AuditLog,
  { actor, now, trx }: Change,
  { cascade, keyId }: { keyId: string; cascade: boolean },
): Promise<void> {
  const isDeleted = await markApiKeyDeleted(trx, keyId, now);
  if (!isDeleted && !(cascade && (await isApiKey(trx, keyId)))) throw new ApiError("KEY_NOT_FOUND");
  const deleted = isDeleted ? [keyId] : [];
  let creators = cascade ? [keyId] : [];
  while (creators.length > 0) {
    const next = await markCreatedKeysDeleted(trx, creators.splice(0, keysPerStep), now);
    deleted.push(...next.deleted);
    creators = [...creators, ...next.created];
  }
  for (const id of deleted) {
    await audit.append(trx, actor, { action: "api-key.deleted", details: { keyId: id } });
  }
}

/** Checks that a key bound to an app, to a resource or to neither can have its scopes. */
function requirePossibleScopes({ appId, resource, scopes }: NewApiKey): void {
  if (appId !== undefined && resource !== undefined) {
    const text = "cannot be set together with appId: a key is bound to one of them";
    throw invalidField("resource", text, "ONE_OF_ALIGNMENT");
  }
  const violations = scopes.flatMap((scope, index) => {
    const description = impossible(keyScopes[scope], { appId, resource });
    if (description === undefined) return [];
    return [{ field: `scopes[${index}]`, description, violatedRule: "INVALID_ENUM_VALUE" as const }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}

function impossible(
  reach: (typeof keyScopes)[KeyScope],
  { appId, resource }: Pick<NewApiKey, "appId" | "resource">,
): string | undefined {
  if (reach === "resource" && resource === undefined) {
    return "concerns one resource; bind the key to it with the field resource";
  }
  if (reach !== "resource" && resource !== undefined) {
    return "concerns more than a resource, which is all that this key reaches";
  }
  if (reach === "platform" && appId !== undefined) {
    return "concerns the whole platform, which a key of one app does not reach";
  }
  return undefined;
}

function requirePossibleExpiry(
  expiresAt: number | undefined,
  { now, latest }: { now: number; latest: number | null },
): void {
  if (expiresAt !== undefined && expiresAt <= now) {
    throw invalidField("expiresAt", "must be in the future", "MIN");
  }
  if (latest !== null && (expiresAt ?? Number.POSITIVE_INFINITY) > latest) {
    const text = "must not be later than the expiry of the key that creates this one";
    throw invalidField("expiresAt", text, "MAX");
  }
}
