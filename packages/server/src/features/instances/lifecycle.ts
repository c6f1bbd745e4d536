import type { Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { lockAppShared } from "../apps/index.ts";
import { formatGrant, parseGrant, requireAskedFor } from "./grant.ts";
import type { Instance, InstanceState } from "./instance.ts";
import { raiseInstanceGeneration, updateInstance } from "./instances.queries.ts";
import { type InstanceDependencies, noteChange } from "./notes.ts";

/** A change of an instance that is locked in the transaction. */
export type Transition = (
  deps: InstanceDependencies,
  place: { trx: Write; actor: Actor },
  instance: Instance,
) => Promise<Instance>;

/** Does nothing to an instance that is gone already. */
export const remove: Transition = async (deps, place, instance) => {
  if (instance.state === "removed") return instance;
  await updateInstance(place.trx, instance.instanceId, { state: "removed", now: deps.clock.now() });
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(deps, place, {
    instance,
    action: "instance.removed",
    eventType: "AppRemoved",
  });
};

export const suspend: Transition = async (deps, place, instance) => {
  requireState(instance, "installed");
  await updateInstance(place.trx, instance.instanceId, { state: "suspended", now: deps.clock.now() });
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(deps, place, {
    instance,
    action: "instance.suspended",
    eventType: "latchkey.instance_suspended",
  });
};

export const resume: Transition = async (deps, place, instance) => {
  requireState(instance, "suspended");
  await updateInstance(place.trx, instance.instanceId, { state: "installed", now: deps.clock.now() });
  return await noteChange(deps, place, {
    instance,
    action: "instance.resumed",
    eventType: "latchkey.instance_resumed",
  });
};

export const revokeTokens: Transition = async (deps, place, instance) => {
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(deps, place, {
    instance,
    action: "instance.tokens.revoked",
    // Nothing follows the removal of an instance but its return.
    ...(instance.state === "removed" ? {} : { eventType: "latchkey.tokens_revoked" }),
  });
};

/** @param grant what the owner approves from now on; all that the app asks for when absent */
export const approve =
  (grant: readonly string[] | undefined): Transition =>
  async (deps, place, instance) => {
    requireState(instance, "installed");
    const app = await lockAppShared(place.trx, instance.appId);
    const approved = grant ?? app.scopes;
    requireAskedFor(approved, app.scopes);
    const granted_scopes = formatGrant(approved);
    await updateInstance(place.trx, instance.instanceId, { granted_scopes, now: deps.clock.now() });
    return await noteChange(deps, place, {
      instance,
      action: "instance.approved",
      details: { grant: approved },
      // To approve the same once more changes nothing for the app.
      ...(granted_scopes === formatGrant(instance.grant) ? {} : { eventType: "latchkey.grant_changed" }),
      payload: { grant: parseGrant(granted_scopes) },
    });
  };

function requireState(instance: Instance, state: InstanceState): void {
  if (instance.state !== state) {
    throw new ApiError("INSTANCE_NOT_INSTALLED", {
      message: `The instance is ${instance.state}; this works only while it is ${state}.`,
      data: { state: instance.state },
    });
  }
}
