import { type Apps, type NewAppKey, readApp } from "../../features/apps/index.ts";
import { type Instances, readInstance } from "../../features/instances/index.ts";
import type { OpenResource } from "../../features/resources/index.ts";
import { readSite, type Sites } from "../../features/sites/index.ts";
import type { Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { findSiteState, restoreApp, restoreSite } from "./demo.queries.ts";

export interface DemoDependencies {
  readonly apps: Apps;
  readonly sites: Sites;
  readonly instances: Instances;
  readonly opened: readonly OpenResource[];
}

interface Context {
  readonly trx: Write;
  readonly actor: Actor;
}

/** Fixed ids, so that copied commands work on every machine and after a reset. */
export const demoIds = {
  appId: "1a7c4e70-0000-4000-8000-000000000001",
  siteId: "1a7c4e70-0000-4000-8000-000000000002",
  instanceId: "1a7c4e70-0000-4000-8000-000000000003",
} as const;

const { appId, instanceId, siteId } = demoIds;

/**
 * Creates the demo app, site and instance, or repairs what exists.
 *
 * @returns the secret of the app, when the app is created
 */
export async function createDemo(
  deps: DemoDependencies,
  context: Context,
  key: NewAppKey,
): Promise<string | undefined> {
  const scopes = deps.opened.flatMap(({ demo }) => demo?.scopes ?? []);
  const secret = await createOrRepairApp(deps, context, { key, scopes });
  await createOrRestoreSite(deps, context);
  const isNew = secret !== undefined;
  await installOrResume(deps, context, { isNew, scopes });
  return secret;
}

async function createOrRepairApp(
  { apps }: DemoDependencies,
  { actor, trx }: Context,
  { key, scopes }: { key: NewAppKey; scopes: readonly string[] },
): Promise<string | undefined> {
  // Deleting the app incremented its generation, so its old tokens stay revoked.
  if (!(await restoreApp(trx, appId))) {
    return (await apps.create(trx, actor, { appId, name: "Hello App", scopes, key })).secret.value;
  }
  const app = await readApp(trx, appId);
  const missing = scopes.filter((scope) => !app.scopes.some(({ scopeId }) => scopeId === scope));
  if (!app.enabled || missing.length > 0) {
    const added = missing.map((scopeId) => ({ scopeId, reason: "The walkthrough of the demo uses it" }));
    await apps.change(trx, actor, { appId, enabled: true, scopes: [...app.scopes, ...added] });
  }
  return undefined;
}

async function createOrRestoreSite(
  { opened, sites }: DemoDependencies,
  { actor, trx }: Context,
): Promise<void> {
  const state = await findSiteState(trx, siteId);
  if (state === "live") return;
  if (state === undefined) {
    await sites.create(trx, actor, { siteId, name: "Demo Store", externalId: "demo-store" });
  } else {
    await sites.finishDeletion(trx, actor, siteId);
    await restoreSite(trx, siteId);
    for (const { siteContent } of opened) await siteContent.created(trx, siteId);
  }
  const site = await readSite(trx, siteId);
  for (const { demo } of opened) await demo?.fill(trx, site);
}

async function installOrResume(
  { instances }: DemoDependencies,
  { actor, trx }: Context,
  { isNew, scopes }: { isNew: boolean; scopes: readonly string[] },
): Promise<void> {
  const instance = isNew ? undefined : await readInstance(trx, instanceId);
  if (instance === undefined || instance.state === "removed") {
    await instances.install(trx, actor, { instanceId, appId, siteId });
    return;
  }
  if (instance.state === "suspended") await instances.resume(trx, actor, instanceId);
  if (scopes.some((scope) => !instance.grant.includes(scope))) {
    await instances.approve(trx, actor, { instanceId });
  }
}
