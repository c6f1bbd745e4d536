import type { Queries } from "../../../infrastructure/database/index.ts";
import { type App, type RequestedScope, readApps } from "../../apps/index.ts";
import { type AppPage, listPagesOf } from "../../extensions/index.ts";
import { type Instance, scopeChange } from "../../instances/index.ts";
import { describeScopes } from "../../permissions/index.ts";
import type { ScopeTerms } from "../terms.ts";

/** What an owner has decided about a scope; `added`: nothing yet, `dropped`: granted, and no longer requested. */
export type ScopeStatus = "granted" | "added" | "declined" | "dropped";

/** An instance as people on its site see it. */
export interface SiteApp {
  readonly app: App;
  readonly instance: Instance;
  readonly scopes: readonly (ScopeTerms & { readonly status: ScopeStatus })[];
  readonly pages: readonly AppPage[];
}

/** Adds to instances what people see of their apps: name, scopes in words, and pages. */
export async function describeInstances(db: Queries, instances: readonly Instance[]): Promise<SiteApp[]> {
  const appIds = [...new Set(instances.map(({ appId }) => appId))];
  const apps = new Map((await readApps(db, appIds)).map((app) => [app.appId, app]));
  const pages = await listPagesOf(db, appIds);
  const found = instances.flatMap((instance) => {
    const app = apps.get(instance.appId);
    return app === undefined ? [] : [{ app, instance, statuses: statusesOf(app, instance) }];
  });
  const scopeIds = found.flatMap(({ statuses }) => statuses.map(({ scopeId }) => scopeId));
  const described = await describeScopes(db, [...new Set(scopeIds)]);
  return found.map(({ app, instance, statuses }) => ({
    app,
    instance,
    scopes: statuses.map((scope) => {
      const { name = scope.scopeId, permissions = [] } = described.get(scope.scopeId) ?? {};
      return { ...scope, name, permissions };
    }),
    pages: pages.get(app.appId) ?? [],
  }));
}

/** The scopes that an app requests, in its order, then those that it no longer requests. */
function statusesOf(app: App, instance: Instance): (RequestedScope & { readonly status: ScopeStatus })[] {
  const { added, dropped, kept } = scopeChange(app.scopes, instance);
  const statusOf = (scope: RequestedScope): ScopeStatus => {
    if (kept.includes(scope)) return "granted";
    return added.includes(scope) ? "added" : "declined";
  };
  return [
    ...app.scopes.map((scope) => ({ ...scope, status: statusOf(scope) })),
    ...dropped.map((scopeId) => ({ scopeId, optional: true, reason: null, status: "dropped" as const })),
  ];
}
