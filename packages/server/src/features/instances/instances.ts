import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import { lockAppShared } from "../apps/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType } from "../events/index.ts";
import { lockSiteShared, type SiteInstances } from "../sites/index.ts";
import { approvedGrant, formatGrant, parseGrant } from "./grant.ts";
import type { Instance, InstanceState } from "./instance.ts";
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

export interface InstanceDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events: EventLog;
  readonly audit: AuditLog;
}

export interface InstallRequest {
  readonly appId: string;
  readonly siteId: string;
  /** Scopes that the owner approves. Default: all that the app requests. */
  readonly grant?: readonly string[] | undefined;
  /** For an instance with a fixed id, such as the demo's. */
  readonly instanceId?: string;
}

/** Instances of a site that one transaction changes. */
const stepSize = 100;

/** A change, as the audit log and the event describe it. */
interface InstanceChange {
  readonly instance: Instance;
  /** The action in the audit log. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Absent when the change has no event. */
  readonly eventType?: EventType | undefined;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/**
 * Changes instances. Each method runs in the caller's transaction and appends its audit entry and its event there.
 * Removing or suspending an instance increments its generation, which invalidates every token of the instance.
 */
export class Instances {
  readonly #deps: InstanceDependencies;
  /** Copies instances with their site, and removes them with it. */
  readonly siteInstances: SiteInstances = {
    copied: (trx, actor, sites) => this.#copySome(trx, actor, sites),
    deleted: (trx, actor, siteId) => this.#removeSome(trx, actor, siteId),
  };

  constructor(deps: InstanceDependencies) {
    this.#deps = deps;
  }

  /**
   * Installs the app on the site. A removed instance is reinstalled under its old id. Throws `APP_NOT_FOUND`,
   * `SITE_NOT_FOUND`, `APP_DISABLED`, `INSTANCE_ALREADY_INSTALLED`, `REQUIRED_SCOPE_MISSING`, and violations for scopes that
   * the app does not request.
   */
  async install(trx: Write, actor: Actor, request: InstallRequest): Promise<Instance> {
    const app = await lockAppShared(trx, request.appId);
    await lockSiteShared(trx, request.siteId);
    if (!app.enabled) throw new ApiError("APP_DISABLED");
    const grant = approvedGrant(app.scopes, request.grant);
    return await this.#createOrReinstall(trx, actor, { ...request, grant, originInstanceId: null });
  }

  /** Does nothing when the instance is removed already. Throws `INSTANCE_NOT_FOUND`. */
  async remove(trx: Write, actor: Actor, instanceId: string): Promise<Instance> {
    const instance = await lockInstance(trx, instanceId);
    if (instance.state === "removed") return instance;
    await updateInstance(trx, instanceId, { state: "removed", now: this.#deps.clock.now() });
    await incrementInstanceGeneration(trx, instanceId);
    return await this.#record(trx, actor, {
      instance,
      action: "instance.removed",
      eventType: "AppRemoved",
    });
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
      // AppRemoved is the last event of an instance until it is reinstalled.
      eventType: instance.state === "removed" ? undefined : "latchkey.tokens_revoked",
    });
  }

  /**
   * Replaces the grant. It applies to existing tokens at once.
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
    const grant = approvedGrant(scopes, request.grant);
    const granted_scopes = formatGrant(grant);
    await updateInstance(trx, instance.instanceId, { granted_scopes, now: this.#deps.clock.now() });
    return await this.#record(trx, actor, {
      instance,
      action: "instance.approved",
      details: { grant },
      eventType: granted_scopes === formatGrant(instance.grant) ? undefined : "latchkey.grant_changed",
      payload: { grant: parseGrant(granted_scopes) },
    });
  }

  /** Throws `INSTANCE_ALREADY_INSTALLED`. */
  async #createOrReinstall(
    trx: Write,
    actor: Actor,
    request: InstallRequest & { grant: readonly string[]; originInstanceId: string | null },
  ): Promise<Instance> {
    const { appId, grant, originInstanceId, siteId } = request;
    const now = this.#deps.clock.now();
    const granted_scopes = formatGrant(grant);
    const created = await insertInstance(trx, {
      instance_id: request.instanceId ?? this.#deps.ids.guid(),
      app_id: appId,
      site_id: siteId,
      granted_scopes,
      origin_instance_id: originInstanceId,
      now,
    });
    const instance = await findInstanceOn(trx, { appId, siteId });
    if (instance === undefined) throw new ApiError("INSTANCE_NOT_FOUND");
    const { instanceId } = instance;
    if (!created) {
      const { state } = await lockInstance(trx, instanceId);
      if (state !== "removed") {
        throw new ApiError("INSTANCE_ALREADY_INSTALLED", { data: { instanceId, state } });
      }
      await updateInstance(trx, instanceId, {
        state: "installed",
        granted_scopes,
        setup_completed_at: null,
        now,
      });
    }
    return await this.#record(trx, actor, {
      instance,
      action: "instance.installed",
      details: { grant },
      eventType: "AppInstalled",
      payload: { originInstanceId },
    });
  }

  async #copySome(
    trx: Write,
    actor: Actor,
    { fromSiteId, toSiteId }: { fromSiteId: string; toSiteId: string },
  ): Promise<boolean> {
    await lockSiteShared(trx, toSiteId);
    const ids = await idsToCopy(trx, { fromSiteId, toSiteId, limit: stepSize });
    for (const id of ids) {
      const { appId, grant, instanceId, state } = await lockInstance(trx, id);
      if (state !== "installed") continue;
      const copy = { appId, siteId: toSiteId, grant, originInstanceId: instanceId };
      await this.#createOrReinstall(trx, actor, copy);
    }
    return ids.length === stepSize;
  }

  async #removeSome(trx: Write, actor: Actor, siteId: string): Promise<boolean> {
    const ids = await idsToRemove(trx, { siteId, limit: stepSize });
    for (const id of ids) await this.remove(trx, actor, id);
    return ids.length === stepSize;
  }

  /** Appends the audit entry and the event of a change, and reads the changed instance. */
  async #record(trx: Write, actor: Actor, change: InstanceChange): Promise<Instance> {
    const { action, details, eventType, payload } = change;
    const { appId, instanceId, siteId } = change.instance;
    const ids = { appId, siteId, instanceId };
    await this.#deps.audit.append(trx, actor, { action, ...ids, ...(details ? { details } : {}) });
    if (eventType !== undefined) {
      await this.#deps.events.append(trx, [{ eventType, ...ids, payload: { appId, ...payload } }]);
    }
    return await readInstance(trx, instanceId);
  }
}

function requireState({ state }: Instance, required: InstanceState): void {
  if (state === required) return;
  throw new ApiError("INSTANCE_NOT_INSTALLED", {
    message: `The instance is ${state}; this works only while it is ${required}.`,
    data: { state },
  });
}
