import { createHash } from "node:crypto";
import type { Queries, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import { type App, lockAppShared, type RequestedScope, readApp } from "../apps/index.ts";
import { findInstanceOn, type Instance } from "../instances/index.ts";
import { describeScopes, type Permission } from "../permissions/index.ts";
import { lockSiteShared, readSite, type Site } from "../sites/index.ts";

/** An app and the site that it may be installed on. */
export interface AppOnSite {
  readonly appId: string;
  readonly siteId: string;
}

/** A requested scope in words. */
export interface ScopeTerms extends RequestedScope {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** What a person is asked to approve. */
export interface Terms {
  readonly app: App;
  readonly site: Site;
  /** The instance of the app on the site, also a removed one. */
  readonly instance: Instance | undefined;
  readonly scopes: readonly ScopeTerms[];
}

/** Throws `APP_NOT_FOUND`, `SITE_NOT_FOUND`, `APP_DISABLED`. */
export async function readTerms(db: Queries, { appId, siteId }: AppOnSite): Promise<Terms> {
  const app = await readApp(db, appId);
  const site = await readSite(db, siteId);
  if (!app.enabled) throw new ApiError("APP_DISABLED");
  const described = await describeScopes(
    db,
    app.scopes.map(({ scopeId }) => scopeId),
  );
  const scopes = app.scopes.map((scope) => {
    const { name = scope.scopeId, permissions = [] } = described.get(scope.scopeId) ?? {};
    return { ...scope, name, permissions };
  });
  return { app, site, instance: await findInstanceOn(db, { appId, siteId }), scopes };
}

/** Reads the terms, which then stay the same until the transaction ends. Throws what {@link readTerms} throws. */
export async function lockTerms(trx: Write, ids: AppOnSite): Promise<Terms> {
  await lockAppShared(trx, ids.appId);
  await lockSiteShared(trx, ids.siteId);
  return await readTerms(trx, ids);
}

/** A hash of everything that the page shows, and of the state of the instance. */
export function hashOfTerms({ app, instance, scopes, site }: Terms): string {
  const shown = [
    [app.appId, app.name, site.siteId, site.name],
    scopes.map(({ name, optional, permissions, reason, scopeId }) => [
      ...[scopeId, name, optional, reason],
      permissions.map(({ description, permissionId }) => [permissionId, description]),
    ]),
    instance && [instance.instanceId, instance.state, instance.updatedAt],
  ];
  return createHash("sha256").update(JSON.stringify(shown)).digest("base64url");
}
