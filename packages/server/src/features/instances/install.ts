import type { Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { lockAppShared } from "../apps/index.ts";
import { lockSiteShared } from "../sites/index.ts";
import { formatGrant, requireAskedFor } from "./grant.ts";
import type { Instance } from "./instance.ts";
import { findInstanceOn, insertInstance, lockInstance, updateInstance } from "./instances.queries.ts";
import { type InstanceDependencies, noteChange } from "./notes.ts";

/** What an owner says when installing an app. */
export interface InstallRequest {
  readonly appId: string;
  readonly siteId: string;
  /** Scopes the owner approves; all that the app asks for when absent. */
  readonly grant?: readonly string[] | undefined;
  /** A fixed id, for demonstrations. */
  readonly instanceId?: string;
}

type Place = { trx: Write; actor: Actor };

/** Installs the app where the owner may: see `Instances.install`. */
export async function install(
  deps: InstanceDependencies,
  place: Place,
  request: InstallRequest,
): Promise<Instance> {
  const app = await lockAppShared(place.trx, request.appId);
  await lockSiteShared(place.trx, request.siteId);
  if (!app.enabled) throw new ApiError("APP_DISABLED");
  const grant = request.grant ?? app.scopes;
  requireAskedFor(grant, app.scopes);
  return await settle(deps, place, { ...request, grant, originInstanceId: null });
}

/**
 * Puts the app on the site: a new instance, or the removed one back under its old id.
 * Throws `INSTANCE_ALREADY_INSTALLED`.
 */
export async function settle(
  deps: InstanceDependencies,
  place: Place,
  request: InstallRequest & { grant: readonly string[]; originInstanceId: string | null },
): Promise<Instance> {
  const { trx } = place;
  const { appId, grant, originInstanceId, siteId } = request;
  const added = await insertInstance(trx, {
    instance_id: request.instanceId ?? deps.ids.guid(),
    app_id: appId,
    site_id: siteId,
    granted_scopes: formatGrant(grant),
    origin_instance_id: originInstanceId,
    now: deps.clock.now(),
  });
  const instance = await findInstanceOn(trx, { appId, siteId });
  if (instance === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
  if (!added) await bringBack(trx, instance.instanceId, { grant, now: deps.clock.now() });
  return await noteChange(deps, place, {
    instance,
    action: "instance.installed",
    eventType: "AppInstalled",
    payload: { originInstanceId },
    details: { grant },
  });
}

async function bringBack(
  trx: Write,
  instanceId: string,
  { grant, now }: { grant: readonly string[]; now: number },
): Promise<void> {
  const { state } = await lockInstance(trx, instanceId);
  if (state !== "removed") throw new ApiError("INSTANCE_ALREADY_INSTALLED", { data: { instanceId, state } });
  await updateInstance(trx, instanceId, { state: "installed", granted_scopes: formatGrant(grant), now });
}
