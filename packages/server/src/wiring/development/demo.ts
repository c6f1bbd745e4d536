import { type Apps, type NewAppKey, readApp } from "../../features/apps/index.ts";
import { type Instances, readInstance } from "../../features/instances/index.ts";
import type { OpenResource } from "../../features/resources/index.ts";
import { readSite, type Sites } from "../../features/sites/index.ts";
import type { Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";

export interface DemoDependencies {
  readonly apps: Apps;
  readonly sites: Sites;
  readonly instances: Instances;
  readonly opened: readonly OpenResource[];
}

interface Place {
  readonly trx: Write;
  readonly actor: Actor;
}

/** The same on every machine and after every new start, so that what was copied from a terminal stays true. */
export const demoIds = {
  appId: "1a7c4e70-0000-4000-8000-000000000001",
  siteId: "1a7c4e70-0000-4000-8000-000000000002",
  instanceId: "1a7c4e70-0000-4000-8000-000000000003",
} as const;

const { appId, instanceId, siteId } = demoIds;

function demoScopes({ opened }: DemoDependencies): string[] {
  return opened.flatMap(({ demo }) => demo?.scopes ?? []);
}

/**
 * Makes the demonstration; where it is, mends what keeps it from working and leaves the rest.
 *
 * @returns the app's first secret, in the call that makes the app
 */
export async function makeDemo(
  deps: DemoDependencies,
  place: Place,
  key: NewAppKey,
): Promise<string | undefined> {
  const secret = await bringApp(deps, place, key);
  await bringSite(deps, place);
  await bringInstance(deps, place, { isNew: secret !== undefined });
  return secret;
}

async function bringApp(
  deps: DemoDependencies,
  { actor, trx }: Place,
  key: NewAppKey,
): Promise<string | undefined> {
  const { apps } = deps;
  const scopes = demoScopes(deps);
  const known = await trx.selectFrom("apps").select("app_id").where("app_id", "=", appId).executeTakeFirst();
  if (known === undefined) {
    return (await apps.create(trx, actor, { appId, name: "Hello App", scopes, key })).secret.value;
  }
  // Its generation was raised when it was deleted: the tokens of its former life stay dead.
  await trx.updateTable("apps").set({ deleted_at: null }).where("app_id", "=", appId).execute();
  const app = await readApp(trx, appId);
  const missing = scopes.filter((scope) => !app.scopes.includes(scope));
  if (!app.enabled || missing.length > 0) {
    await apps.change(trx, actor, { appId, enabled: true, scopes: [...app.scopes, ...missing] });
  }
  return undefined;
}

async function bringSite({ opened, sites }: DemoDependencies, { actor, trx }: Place): Promise<void> {
  const known = await trx
    .selectFrom("sites")
    .select("deleted_at")
    .where("site_id", "=", siteId)
    .executeTakeFirst();
  if (known?.deleted_at === null) return;
  if (known === undefined) {
    await sites.create(trx, actor, { siteId, name: "Demo Store", externalId: "demo-store" });
  } else {
    await trx.updateTable("sites").set({ deleted_at: null }).where("site_id", "=", siteId).execute();
    for (const { siteContent } of opened) await siteContent.created?.(trx, actor, siteId);
  }
  const site = await readSite(trx, siteId);
  for (const { demo } of opened) await demo?.fill(trx, site);
}

async function bringInstance(
  deps: DemoDependencies,
  { actor, trx }: Place,
  { isNew }: { isNew: boolean },
): Promise<void> {
  const { instances } = deps;
  const { grant, state } = isNew
    ? ({ grant: [], state: "removed" } as const)
    : await readInstance(trx, instanceId);
  if (state === "removed") {
    await instances.install(trx, actor, { instanceId, appId, siteId });
    return;
  }
  if (state === "suspended") await instances.resume(trx, actor, instanceId);
  if (demoScopes(deps).some((scope) => !grant.includes(scope))) {
    await instances.approve(trx, actor, { instanceId });
  }
}
