import type { Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type Actor, refuseOwnIds } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { requireScopes } from "../permissions/index.ts";
import { type App, type AppChanges, type NewApp, tokenLifetimeBounds } from "./app.ts";
import { insertAppKey } from "./app-keys.queries.ts";
import {
  appKeyContext,
  type GenerateAppKey,
  generateAppKey as generateNewKey,
  type NewAppKey,
} from "./app-keys.ts";
import {
  compromiseSecret,
  createSecret,
  deleteSecret,
  promoteSecret,
  type SecretDependencies,
  type SecretValue,
} from "./app-secrets.ts";
import {
  countInstances,
  hasInstances,
  incrementAppGeneration,
  insertApp,
  lockApp,
  markAppDeleted,
  readApp,
  updateApp,
} from "./apps.queries.ts";
import {
  changesGrants,
  type RequestedScope,
  readScopeRequests,
  requireAddresses,
  requireReasons,
  type ScopeRequest,
} from "./registration/index.ts";

/** A new app with its first secret. */
export interface CreatedApp extends App {
  /** PEM (SPKI). */
  readonly publicKey: string;
  readonly secret: SecretValue;
}

export type SecretChange = "delete" | "promote" | "compromise";

const secretChanges: Readonly<Record<SecretChange, { apply: typeof deleteSecret; action: string }>> = {
  delete: { apply: deleteSecret, action: "app.secret.deleted" },
  promote: { apply: promoteSecret, action: "app.secret.promoted" },
  compromise: { apply: compromiseSecret, action: "app.secret.compromised" },
};

export interface AppDependencies extends SecretDependencies {
  readonly audit: AuditLog;
  readonly appInstances: AppInstances;
  /** Default: a new key pair each time. */
  readonly generateAppKey?: GenerateAppKey | undefined;
  /** Whether apps may register `http` addresses on loopback, and may have ids and secrets that the caller chose. */
  readonly development: boolean;
}

/** Applies changes of an app to its instances. */
export interface AppInstances {
  /** Asks the owners of all instances about added scopes, in steps after the transaction. */
  scopesChanged(trx: Write, appId: string): Promise<void>;
  /** Deletes pre-approvals and pending work of an app that has no instances. */
  deleted(trx: Write, appId: string): Promise<void>;
}

/** Changes apps. Each method runs in the caller's transaction and appends its audit entry there. */
export class Apps {
  readonly #deps: AppDependencies;

  constructor(deps: AppDependencies) {
    this.#deps = deps;
  }

  /** Generates the key pair of a new app. This is slow, so call it before the transaction. Throws `RESOURCE_EXHAUSTED`. */
  generateKey(requester?: string): Promise<NewAppKey> {
    const { generateAppKey = generateNewKey } = this.#deps;
    return generateAppKey(requester);
  }

  /**
   * Throws `ID_TAKEN`, and violations for unknown scopes, for addresses that must not be registered, and for an own id or
   * secret in production.
   *
   * @param input `key` comes from `generateKey`
   */
  async create(trx: Write, actor: Actor, input: NewApp & { key: NewAppKey }): Promise<CreatedApp> {
    const { audit, clock, development, ids, vault } = this.#deps;
    refuseOwnIds(development, { appId: input.appId, secret: input.secret });
    const scopes = await this.#requestedScopes(trx, input.scopes ?? []);
    requireAddresses(input, { loopback: development });
    const now = clock.now();
    const app: App = {
      appId: input.appId ?? ids.guid(),
      name: input.name,
      scopes,
      legacy: input.legacy ?? null,
      postInstallationUrls: input.postInstallationUrls ?? [],
      enabled: true,
      tokenFormat: input.tokenFormat ?? "jwt",
      tokenLifetime: input.tokenLifetime ?? tokenLifetimeBounds.max,
      createdAt: now,
      updatedAt: now,
    };
    const { appId } = app;
    const { privatePem, publicPem } = input.key;
    const kid = ids.guid();
    await insertApp(trx, app);
    await insertAppKey(trx, {
      kid,
      app_id: appId,
      public_key: publicPem,
      sealed_private_key: vault.seal(privatePem, appKeyContext(appId, kid)),
      created_at: now,
    });
    const secret = await createSecret(trx, this.#deps, {
      ...{ appId, name: "First secret", primary: true, value: input.secret },
    });
    await audit.append(trx, actor, { action: "app.created", appId, details: { name: app.name } });
    return { ...app, publicKey: publicPem, secret };
  }

  /**
   * Throws `APP_NOT_FOUND`, violations for unknown scopes and for addresses that must not be registered, and for scopes that
   * are added without a reason while the app is installed on sites.
   */
  async change(trx: Write, actor: Actor, input: AppChanges & { appId: string }): Promise<App> {
    const { appId, ...changes } = input;
    const before = await lockApp(trx, appId);
    const scopes = changes.scopes && (await this.#requestedScopes(trx, changes.scopes));
    requireAddresses(changes, { loopback: this.#deps.development });
    if (scopes && changesGrants(before.scopes, scopes) && (await hasInstances(trx, appId))) {
      requireReasons(before.scopes, scopes);
      await this.#deps.appInstances.scopesChanged(trx, appId);
    }
    await updateApp(trx, appId, { ...changes, scopes, now: this.#deps.clock.now() });
    await this.#deps.audit.append(trx, actor, { action: "app.changed", appId, details: changes });
    return await readApp(trx, appId);
  }

  /** Throws violations for unknown and repeated scopes. */
  async #requestedScopes(trx: Write, given: readonly ScopeRequest[]): Promise<RequestedScope[]> {
    const scopes = readScopeRequests(given);
    const scopeIds = scopes.map(({ scopeId }) => scopeId);
    await requireScopes(trx, scopeIds, "scopes");
    return scopes;
  }

  /** Throws `APP_NOT_FOUND`, and `APP_IN_USE` while the app is installed on a site. */
  async remove(trx: Write, actor: Actor, appId: string): Promise<void> {
    await lockApp(trx, appId);
    const instances = await countInstances(trx, appId);
    if (instances > 0) {
      throw new ApiError("APP_IN_USE", {
        message: `The app is still installed on ${instances} ${instances === 1 ? "site" : "sites"}; remove its instances first.`,
        data: { instances },
      });
    }
    await markAppDeleted(trx, appId, this.#deps.clock.now());
    await this.#deps.appInstances.deleted(trx, appId);
    await this.#deps.audit.append(trx, actor, { action: "app.deleted", appId });
  }

  /** Revokes every token of the app, on all sites. Throws `APP_NOT_FOUND`. */
  async revokeTokens(trx: Write, actor: Actor, appId: string): Promise<void> {
    await lockApp(trx, appId);
    await incrementAppGeneration(trx, appId);
    await this.#deps.audit.append(trx, actor, { action: "app.tokens.revoked", appId });
  }

  /** Throws `APP_NOT_FOUND`, `TOO_MANY_SECRETS`. */
  async createSecret(
    trx: Write,
    actor: Actor,
    input: { appId: string; name: string; expiresAt?: number | undefined },
  ): Promise<SecretValue> {
    const { appId, name } = input;
    await lockApp(trx, appId);
    const created = await createSecret(trx, this.#deps, { ...input, primary: false });
    const details = { secretId: created.secretId, name };
    await this.#deps.audit.append(trx, actor, { action: "app.secret.created", appId, details });
    return created;
  }

  /** Throws `APP_NOT_FOUND`, `SECRET_NOT_FOUND`, `SECRET_IS_PRIMARY`, `SECRET_NOT_LIVE`. */
  async changeSecret(
    trx: Write,
    actor: Actor,
    { appId, change, secretId }: { appId: string; secretId: string; change: SecretChange },
  ): Promise<void> {
    const { action, apply } = secretChanges[change];
    await lockApp(trx, appId);
    await apply(trx, { appId, secretId }, this.#deps.clock.now());
    await this.#deps.audit.append(trx, actor, { action, appId, details: { secretId } });
  }
}
