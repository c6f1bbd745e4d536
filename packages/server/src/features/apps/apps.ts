import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { requireScopes } from "../permissions/index.ts";
import { type App, type TokenFormat, tokenLifetimeBounds } from "./app.ts";
import { insertAppKey, type NewAppKey } from "./app-keys.ts";
import {
  type CreatedSecret,
  compromiseSecret,
  createSecret,
  deleteSecret,
  promoteSecret,
  type SecretDependencies,
} from "./app-secrets.ts";
import {
  type AppChanges,
  insertApp,
  lockApp,
  markAppDeleted,
  raiseAppGeneration,
  readApp,
  updateApp,
} from "./apps.queries.ts";

export interface NewApp {
  readonly name: string;
  readonly scopes?: readonly string[] | undefined;
  readonly legacy?: boolean | undefined;
  readonly tokenFormat?: TokenFormat | undefined;
  readonly tokenLifetime?: number | undefined;
}

/** A new app with the only sight of its first secret. */
export interface CreatedApp extends App {
  /** PEM (SPKI). */
  readonly publicKey: string;
  readonly secret: CreatedSecret;
}

/** Changes of apps; each runs in the caller's transaction and is noted in the audit log there. */
export interface Apps {
  /** @param key made beforehand by `generateAppKey`  @param appId a fixed id, for demonstrations */
  create(trx: Write, actor: Actor, input: NewApp & { key: NewAppKey; appId?: string }): Promise<CreatedApp>;
  /** Throws `APP_NOT_FOUND`, and violations for unknown scopes. */
  change(trx: Write, actor: Actor, input: AppChanges & { appId: string }): Promise<App>;
  /** Throws `APP_NOT_FOUND`, and `APP_IN_USE` while it is installed anywhere. */
  remove(trx: Write, actor: Actor, appId: string): Promise<void>;
  /** Kills every token of the app, on all sites. Throws `APP_NOT_FOUND`. */
  revokeTokens(trx: Write, actor: Actor, appId: string): Promise<void>;
  createSecret(
    trx: Write,
    actor: Actor,
    input: { appId: string; name: string; expiresAt?: number | undefined },
  ): Promise<CreatedSecret>;
  changeSecret(
    trx: Write,
    actor: Actor,
    input: { appId: string; secretId: string; change: SecretChange },
  ): Promise<void>;
}

export type SecretChange = "delete" | "promote" | "compromise";

const secretChanges = { delete: deleteSecret, promote: promoteSecret, compromise: compromiseSecret };
const secretActions = {
  delete: "app.secret.deleted",
  promote: "app.secret.promoted",
  compromise: "app.secret.compromised",
};

export function createApps(deps: SecretDependencies & { audit: AuditLog }): Apps {
  const { audit, clock, ids, vault } = deps;
  return {
    async create(trx, actor, input) {
      await requireScopes(trx, input.scopes ?? [], "scopes");
      const now = clock.now();
      const app: App = {
        appId: input.appId ?? ids.guid(),
        name: input.name,
        scopes: [...new Set(input.scopes)],
        legacy: input.legacy ?? false,
        enabled: true,
        tokenFormat: input.tokenFormat ?? "jwt",
        tokenLifetime: input.tokenLifetime ?? tokenLifetimeBounds.max,
        createdAt: now,
        updatedAt: now,
      };
      const { appId } = app;
      await insertApp(trx, app);
      await insertAppKey(trx, input.key, { kid: ids.guid(), appId, vault, now });
      const secret = await createSecret(trx, deps, { appId, name: "First secret", primary: true });
      await audit.append(trx, actor, { action: "app.created", appId, details: { name: app.name } });
      return { ...app, publicKey: input.key.publicPem, secret };
    },
    async change(trx, actor, input) {
      const { appId, ...changes } = input;
      await lockApp(trx, appId);
      await requireScopes(trx, changes.scopes ?? [], "scopes");
      await updateApp(trx, appId, { ...changes, now: clock.now() });
      await audit.append(trx, actor, { action: "app.changed", appId, details: changes });
      return await readApp(trx, appId);
    },
    async remove(trx, actor, appId) {
      await lockApp(trx, appId);
      await refuseWhileInstalled(trx, appId);
      await markAppDeleted(trx, appId, clock.now());
      await audit.append(trx, actor, { action: "app.deleted", appId });
    },
    async revokeTokens(trx, actor, appId) {
      await lockApp(trx, appId);
      await raiseAppGeneration(trx, appId);
      await audit.append(trx, actor, { action: "app.tokens.revoked", appId });
    },
    async createSecret(trx, actor, input) {
      await lockApp(trx, input.appId);
      const created = await createSecret(trx, deps, { ...input, primary: false });
      const details = { secretId: created.secretId, name: input.name };
      await audit.append(trx, actor, { action: "app.secret.created", appId: input.appId, details });
      return created;
    },
    async changeSecret(trx, actor, { appId, secretId, change }) {
      await lockApp(trx, appId);
      await secretChanges[change](trx, { appId, secretId }, clock.now());
      await audit.append(trx, actor, { action: secretActions[change], appId, details: { secretId } });
    },
  };
}

async function refuseWhileInstalled(db: Queries, appId: string): Promise<void> {
  const { count } = await db
    .selectFrom("instances")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("app_id", "=", appId)
    .where("state", "!=", "removed")
    .executeTakeFirstOrThrow();
  if (count > 0) {
    throw new ApiError("APP_IN_USE", {
      message: `The app is still installed on ${count} ${count === 1 ? "site" : "sites"}; remove its instances first.`,
      data: { instances: count },
    });
  }
}
