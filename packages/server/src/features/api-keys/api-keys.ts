import { apiKeyPrefix, formatSecret } from "@latchkey/protocol";
import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type { Ids, RandomBytes, Write } from "../../infrastructure/database/index.ts";
import { ValidationError } from "../../infrastructure/errors/index.ts";
import { type Actor, type Principal, requireScope } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import {
  type ApiKey,
  insertApiKey,
  markApiKeyDeleted,
  requireApp,
  requireResource,
} from "./api-keys.queries.ts";
import { type KeyScope, keyScopes } from "./key-scopes.ts";

export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly appId?: string | undefined;
  readonly resource?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/** A new key with the only sight of its value. */
export interface CreatedApiKey extends ApiKey {
  readonly value: string;
}

/** Changes of API keys; each runs in the caller's transaction and is noted in the audit log there. */
export interface ApiKeys {
  /**
   * Makes a key that may do no more, and lives no longer, than its `maker`.
   *
   * Throws `PERMISSION_DENIED`, `APP_NOT_FOUND`, `RESOURCE_NOT_FOUND`, and violations for an `expiresAt` that has
   * passed or lies behind the maker's own, and for scopes that a key of this reach cannot have.
   */
  create(trx: Write, actor: Actor, input: NewApiKey & { maker: Principal }): Promise<CreatedApiKey>;
  /** Throws `KEY_NOT_FOUND`. */
  remove(trx: Write, actor: Actor, keyId: string): Promise<void>;
}

export function createApiKeys(deps: {
  clock: Clock;
  ids: Ids;
  random: RandomBytes;
  vault: Vault;
  audit: AuditLog;
}): ApiKeys {
  const { audit, clock, ids, random, vault } = deps;
  return {
    async create(trx, actor, { maker, ...input }) {
      const now = clock.now();
      for (const scope of input.scopes) requireScope(maker, scope);
      requirePossibleScopes(input);
      requirePossibleEnd(input.expiresAt, { now, latest: maker.expiresAt });
      if (input.appId !== undefined) await requireApp(trx, input.appId);
      if (input.resource !== undefined) await requireResource(trx, input.resource);
      const value = formatSecret(random(32), apiKeyPrefix);
      const key: ApiKey = {
        keyId: ids.guid(),
        name: input.name,
        scopes: [...new Set(input.scopes)],
        appId: input.appId ?? null,
        resource: input.resource ?? null,
        createdAt: now,
        lastUsedAt: null,
        expiresAt: input.expiresAt ?? null,
      };
      await insertApiKey(trx, { ...key, digest: vault.digest(value) });
      const { keyId, name, scopes, expiresAt } = key;
      const about = input.appId === undefined ? {} : { appId: input.appId };
      const details = { keyId, name, scopes, expiresAt, ...(key.resource && { resource: key.resource }) };
      await audit.append(trx, actor, { action: "api-key.created", ...about, details });
      return { ...key, value };
    },
    async remove(trx, actor, keyId) {
      await markApiKeyDeleted(trx, keyId, clock.now());
      await audit.append(trx, actor, { action: "api-key.deleted", details: { keyId } });
    },
  };
}

/** A key reaches one app, one resource, or the platform; each has scopes of its own. */
function requirePossibleScopes({ appId, resource, scopes }: NewApiKey): void {
  if (appId !== undefined && resource !== undefined) {
    throw new ValidationError([
      {
        field: "resource",
        description: "cannot stand beside appId: a key is bound to one of them",
        violatedRule: "ONE_OF_ALIGNMENT",
      },
    ]);
  }
  const violations = scopes.flatMap((scope, index) => {
    const description = impossible(keyScopes[scope], { appId, resource });
    return description === undefined
      ? []
      : [{ field: `scopes[${index}]`, description, violatedRule: "INVALID_ENUM_VALUE" as const }];
  });
  if (violations.length > 0) throw new ValidationError(violations);
}

function impossible(
  reach: (typeof keyScopes)[KeyScope],
  { appId, resource }: Pick<NewApiKey, "appId" | "resource">,
): string | undefined {
  if (reach === "resource") {
    return resource === undefined
      ? "concerns one resource; bind the key to it with the field resource"
      : undefined;
  }
  if (resource !== undefined) return "concerns more than a resource, which is all that this key reaches";
  return appId !== undefined && reach === "platform"
    ? "concerns the whole platform, which a key of one app does not reach"
    : undefined;
}

function requirePossibleEnd(
  expiresAt: number | undefined,
  { now, latest }: { now: number; latest: number | null },
): void {
  const fail = (description: string, violatedRule: "MIN" | "MAX"): never => {
    throw new ValidationError([{ field: "expiresAt", description, violatedRule }]);
  };
  if (expiresAt !== undefined && expiresAt <= now) fail("must lie in the future", "MIN");
  if (latest !== null && (expiresAt ?? Number.POSITIVE_INFINITY) > latest) {
    fail("must not lie behind the end of the key that makes this one", "MAX");
  }
}
