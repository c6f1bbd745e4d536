import type { Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { holdApp } from "../apps/index.ts";
import { formatGrant, parseGrant, requireAskedFor } from "./grant.ts";
import type { Instance, InstanceState } from "./instance.ts";
import { raiseInstanceGeneration, updateInstance } from "./instances.queries.ts";
import { type InstanceSources, noteChange } from "./notes.ts";

/** A change of an instance that is locked in the transaction. */
export type Transition = (
  sources: InstanceSources,
  place: { trx: Write; actor: Actor },
  instance: Instance,
) => Promise<Instance>;

/** Does nothing to an instance that is gone already. */
export const remove: Transition = async (sources, place, instance) => {
  if (instance.state === "removed") return instance;
  await updateInstance(place.trx, instance.instanceId, { state: "removed", now: sources.clock.now() });
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(sources, place, {
    instance,
    action: "instance.removed",
    eventType: "AppRemoved",
  });
};

export const suspend: Transition = async (sources, place, instance) => {
  requireState(instance, "installed");
  await updateInstance(place.trx, instance.instanceId, { state: "suspended", now: sources.clock.now() });
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(sources, place, {
    instance,
    action: "instance.suspended",
    eventType: "latchkey.instance_suspended",
  });
};

export const resume: Transition = async (sources, place, instance) => {
  requireState(instance, "suspended");
  await updateInstance(place.trx, instance.instanceId, { state: "installed", now: sources.clock.now() });
  return await noteChange(sources, place, {
    instance,
    action: "instance.resumed",
    eventType: "latchkey.instance_resumed",
  });
};

export const revokeTokens: Transition = async (sources, place, instance) => {
  await raiseInstanceGeneration(place.trx, instance.instanceId);
  return await noteChange(sources, place, {
    instance,
    action: "instance.tokens.revoked",
    // Nothing follows the removal of an instance but its return.
    ...(instance.state === "removed" ? {} : { eventType: "latchkey.tokens_revoked" }),
  });
};

/** @param grant what the owner approves from now on; all that the app asks for when absent */
export const approve =
  (grant: readonly string[] | undefined): Transition =>
  async (sources, place, instance) => {
    requireState(instance, "installed");
    const app = await holdApp(place.trx, instance.appId);
    const approved = grant ?? app.scopes;
    requireAskedFor(approved, app.scopes);
    const granted_scopes = formatGrant(approved);
    await updateInstance(place.trx, instance.instanceId, { granted_scopes, now: sources.clock.now() });
    return await noteChange(sources, place, {
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
