import type { Write } from "../../infrastructure/database/index.ts";
import { ApiError, invalidField } from "../../infrastructure/errors/index.ts";
import { type Actor, refuseOwnIds } from "../../infrastructure/management/index.ts";
import { lockAppShared } from "../apps/index.ts";
import { lockSiteShared, type SiteInstances } from "../sites/index.ts";
import { appendInstallationEvent } from "./app-installations/index.ts";
import { type ApprovalDependencies, Approvals, deleteApprovals } from "./approvals/index.ts";
import { approvedGrant, type Grant, grantChange, grantColumns, withdrawnGrant } from "./grant.ts";
import type { Instance, InstanceState } from "./instance.ts";
import { type InstanceChange, type InstanceDependencies, recordChange } from "./instance-log.ts";
import {
  findInstanceOn,
  idsToCopy,
  idsToRemove,
  incrementInstanceGeneration,
  insertInstance,
  lockInstance,
  readInstance,
  updateInstance,
} from "./instances.queries.ts";

export interface InstallRequest {
  readonly appId: string;
  readonly siteId: string;
  /** Scopes that the owner approves. Default: all that the app requests. */
  readonly grant?: readonly string[] | undefined;
  /** Development only. Default: a new id. */
  readonly instanceId?: string | undefined;
}

interface NewInstance extends Pick<InstallRequest, "appId" | "siteId" | "instanceId"> {
  readonly approved: Grant;
  readonly originInstanceId: string | null;
}

/** Instances of a site that one transaction changes. */
const stepSize = 100;

/**
 * Changes instances. Each method runs in the caller's transaction and appends its audit entry and its event there.
 * Removing or suspending an instance increments its generation, which invalidates every token of the instance.
 */
export class Instances {
  readonly #deps: InstanceDependencies;
  readonly approvals: Approvals;
  /** Copies instances with their site, and removes them with it. */
  readonly siteInstances: SiteInstances = {
    copied: (trx, actor, sites) => this.#copySome(trx, actor, sites),
    deleted: (trx, actor, siteId) => this.#removeSome(trx, actor, siteId),
  };

  constructor(deps: ApprovalDependencies) {
    this.#deps = deps;
    this.approvals = new Approvals(deps);
  }

  /**
   * Installs the app on the site. A removed instance is reinstalled under its old id. Throws `APP_NOT_FOUND`,
   * `SITE_NOT_FOUND`, `APP_DISABLED`, `INSTANCE_ALREADY_INSTALLED`, `REQUIRED_SCOPE_MISSING`, `ID_TAKEN`, and violations for
   * scopes that the app does not request, and for an own id in production or of an app that has another on the site.
   */
  async install(trx: Write, actor: Actor, request: InstallRequest): Promise<Instance> {
    refuseOwnIds(this.#deps.development, { instanceId: request.instanceId });
    const app = await lockAppShared(trx, request.appId);
    await lockSiteShared(trx, request.siteId);
    if (!app.enabled) throw new ApiError("APP_DISABLED");
    const approved = approvedGrant(app.scopes, request.grant);
    return await this.#createOrReinstall(trx, actor, { ...request, approved, originInstanceId: null });
  }

  /** Does nothing when the instance is removed already. Throws `INSTANCE_NOT_FOUND`. */
  async remove(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    if (instance.state === "removed") return instance;
    await updateInstance(trx, instanceId, { state: "removed", now: this.#deps.clock.now() });
    await incrementInstanceGeneration(trx, instanceId);
    await deleteApprovals(trx, [instanceId]);
    // AppRemoved is the last event of an instance until it is reinstalled.
    await appendInstallationEvent(trx, this.#deps, {
      instance: await readInstance(trx, instanceId),
      slug: "updated",
    });
    return await this.#record(trx, actor, { instance, action: "instance.removed", eventType: "AppRemoved" });
  }

  /** Throws `INSTANCE_NOT_FOUND`, and `INSTANCE_NOT_INSTALLED` unless it is installed. */
  async suspend(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    requireState(instance, "installed");
    await updateInstance(trx, instanceId, { state: "suspended", now: this.#deps.clock.now() });
    await incrementInstanceGeneration(trx, instanceId);
    return await this.#record(trx, actor, {
      instance,
      action: "instance.suspended",
      eventType: "latchkey.instance_suspended",
    });
  }

  /** Throws `INSTANCE_NOT_FOUND`, and `INSTANCE_NOT_INSTALLED` unless it is suspended. */
  async resume(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    requireState(instance, "suspended");
    await updateInstance(trx, instanceId, { state: "installed", now: this.#deps.clock.now() });
    return await this.#record(trx, actor, {
      instance,
      action: "instance.resumed",
      eventType: "latchkey.instance_resumed",
    });
  }

  /** Records that the app is set up. Does nothing the second time. Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`. */
  async completeSetup(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    requireState(instance, "installed");
    if (instance.setupCompletedAt !== null) return instance;
    const now = this.#deps.clock.now();
    await updateInstance(trx, instanceId, { setup_completed_at: now, now });
    return await this.#record(trx, actor, {
      instance,
      action: "instance.setup.completed",
      eventType: "latchkey.setup_completed",
    });
  }

  /** Throws `INSTANCE_NOT_FOUND`. */
  async revokeTokens(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    await incrementInstanceGeneration(trx, instanceId);
    return await this.#record(trx, actor, {
      instance,
      action: "instance.tokens.revoked",
      eventType: instance.state === "removed" ? undefined : "latchkey.tokens_revoked",
    });
  }

  /**
   * Replaces the grant, and ends a pending approval. It applies to existing tokens at once.
   *
   * Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`, `REQUIRED_SCOPE_MISSING`, and violations for scopes that the app
   * does not request.
   *
   * @param request.grant default: all scopes that the app requests
   */
  async approve(
    trx: Write,
    actor: Actor,
    request: { instanceId: string; grant?: readonly string[] | undefined },
  ): Promise<Instance> {
    const instance = await lockInstance(trx, request.instanceId);
    requireState(instance, "installed");
    const { scopes } = await lockAppShared(trx, instance.appId);
    const after = approvedGrant(scopes, request.grant);
    await deleteApprovals(trx, [instance.instanceId]);
    const details = { grant: after.grant };
    return await this.#changeGrant(trx, actor, { instance, after, action: "instance.approved", details });
  }

  /**
   * Takes optional scopes out of the grant. It applies to existing tokens at once, and leaves a pending approval open.
   *
   * Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED` for a removed instance, `REQUIRED_SCOPE_MISSING` for required
   * scopes, and violations for scopes that are not granted.
   */
  async withdraw(
    trx: Write,
    actor: Actor,
    request: { instanceId: string; scopes: readonly string[] },
  ): Promise<Instance> {
    const instance = await lockInstance(trx, request.instanceId);
    requireState(instance, "installed", "suspended");
    const app = await lockAppShared(trx, instance.appId);
    const after = withdrawnGrant(app.scopes, instance, request.scopes);
    const details = { scopes: request.scopes };
    const action = "instance.scopes.withdrawn";
    return await this.#changeGrant(trx, actor, { instance, after, action, details });
  }

  async #changeGrant(
    trx: Write,
    actor: Actor,
    {
      after,
      instance,
      ...change
    }: Pick<InstanceChange, "action" | "details"> & {
      instance: Instance;
      after: Grant;
    },
  ): Promise<Instance> {
    await updateInstance(trx, instance.instanceId, { ...grantColumns(after), now: this.#deps.clock.now() });
    const payload = grantChange(instance.grant, after.grant);
    const isChanged = payload.added.length + payload.dropped.length > 0;
    const eventType = isChanged ? "AppGrantChanged" : undefined;
    return await this.#record(trx, actor, { ...change, instance, eventType, payload: { ...payload } });
  }

  /** Throws `INSTANCE_ALREADY_INSTALLED`. */
  async #createOrReinstall(trx: Write, actor: Actor, request: NewInstance): Promise<Instance> {
    const { appId, approved, originInstanceId, siteId } = request;
    const now = this.#deps.clock.now();
    const grant = grantColumns(approved);
    const created = await insertInstance(trx, {
      instance_id: request.instanceId ?? this.#deps.ids.guid(),
      app_id: appId,
      site_id: siteId,
      ...grant,
      origin_instance_id: originInstanceId,
      now,
    });
    const instance = await findInstanceOn(trx, { appId, siteId });
    if (instance === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
    const { instanceId } = instance;
    if (!created) {
      requireSameId(request.instanceId, instanceId);
      const { state } = await lockInstance(trx, instanceId);
      if (state !== "removed") {
        throw new ApiError("INSTANCE_ALREADY_INSTALLED", { data: { instanceId, state } });
      }
      await updateInstance(trx, instanceId, { state: "installed", ...grant, setup_completed_at: null, now });
    }
    const installed = await this.#record(trx, actor, {
      instance,
      action: "instance.installed",
      details: { grant: approved.grant },
      eventType: "AppInstalled",
      payload: { originInstanceId },
    });
    const slug = created ? "created" : "updated";
    await appendInstallationEvent(trx, this.#deps, { instance: installed, slug });
    return installed;
  }

  async #copySome(
    trx: Write,
    actor: Actor,
    { fromSiteId, toSiteId }: { fromSiteId: string; toSiteId: string },
  ): Promise<boolean> {
    await lockSiteShared(trx, toSiteId);
    const ids = await idsToCopy(trx, { fromSiteId, toSiteId, limit: stepSize });
    for (const id of ids) {
      const origin = await lockInstance(trx, id);
      if (origin.state !== "installed") continue;
      const app = await lockAppShared(trx, origin.appId);
      const { appId } = app;
      const copy = { appId, siteId: toSiteId, approved: origin, originInstanceId: origin.instanceId };
      await this.approvals.refresh(trx, app, [await this.#createOrReinstall(trx, actor, copy)]);
    }
    return ids.length === stepSize;
  }

  async #removeSome(trx: Write, actor: Actor, siteId: string): Promise<boolean> {
    const ids = await idsToRemove(trx, { siteId, limit: stepSize });
    for (const id of ids) await this.remove(trx, actor, id);
    return ids.length === stepSize;
  }

  /** Records a change, and reads the changed instance. */
  async #record(
    trx: Write,
    actor: Actor,
    change: InstanceChange & { readonly instance: Instance },
  ): Promise<Instance> {
    await recordChange(trx, this.#deps, { actor, change });
    return await readInstance(trx, change.instance.instanceId);
  }
}

/** An instance keeps its id when its app is removed from the site. Throws a violation for another one. */
function requireSameId(chosen: string | undefined, instanceId: string): void {
  if (chosen === undefined || chosen === instanceId) return;
  throw invalidField(
    "instanceId",
    `must be ${instanceId}, which the app has on this site already`,
    "VALIDATION",
  );
}

function requireState({ state }: Instance, ...allowed: readonly InstanceState[]): void {
  if (allowed.includes(state)) return;
  throw new ApiError("INSTANCE_NOT_INSTALLED", {
    message: `The instance is ${state}; this works only while it is ${allowed.join(" or ")}.`,
    data: { state },
  });
}
