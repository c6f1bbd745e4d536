import type { ApprovalsTable, Database, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { type App, type AppInstances, lockApp, lockAppShared } from "../../apps/index.ts";
import type { EventType, NewEvent } from "../../events/index.ts";
import { requireScopes } from "../../permissions/index.ts";
import type { ContentWork } from "../../sites/index.ts";
import { grantChange, grantColumns } from "../grant.ts";
import type { Instance } from "../instance.ts";
import { type InstanceDependencies, recordChange } from "../instance-log.ts";
import { lockInstancesOfApp, updateInstance } from "../instances.queries.ts";
import { approvalUrl } from "./approval-url.ts";
import {
  claimScopeChange,
  deleteApprovals,
  deleteScopeChange,
  moveScopeChange,
  nextScopeChange,
  putApprovals,
  putScopeChange,
  readAsked,
} from "./approvals.queries.ts";
import {
  deletePreApproval,
  deletePreApprovalsOf,
  insertPreApprovals,
  readPreApproved,
} from "./pre-approvals.queries.ts";
import { scopeChange } from "./scope-change.ts";

export interface ApprovalDependencies extends InstanceDependencies {
  readonly contentWork: ContentWork;
  readonly database: Database;
  readonly publicUrl: string;
}

/** Instances that one transaction compares with the scopes of their app. */
const stepSize = 100;

/** The actor of background work in the audit log. */
const system: Actor = { name: "system", requestId: "" };

/** Pending approvals: instances whose owner has to decide about scopes that the app added. */
export class Approvals implements AppInstances {
  readonly #deps: ApprovalDependencies;

  constructor(deps: ApprovalDependencies) {
    this.#deps = deps;
  }

  async scopesChanged(trx: Write, appId: string): Promise<void> {
    await putScopeChange(trx, appId, this.#deps.clock.now());
    this.#deps.contentWork.request(trx);
  }

  async deleted(trx: Write, appId: string): Promise<void> {
    await deleteScopeChange(trx, appId);
    await deletePreApprovalsOf(trx, appId);
  }

  /** Approves scopes for all sites when the app requests them. Throws `APP_NOT_FOUND`, and violations for unknown scopes. */
  async preApprove(
    trx: Write,
    actor: Actor,
    { appId, scopeIds }: { appId: string; scopeIds: readonly string[] },
  ): Promise<void> {
    const { audit, clock } = this.#deps;
    await lockApp(trx, appId);
    await requireScopes(trx, scopeIds, "scopeIds");
    await insertPreApprovals(trx, { appId, scopeIds, now: clock.now() });
    await this.scopesChanged(trx, appId);
    await audit.append(trx, actor, { action: "app.pre-approval.created", appId, details: { scopeIds } });
  }

  /** Ends a pre-approval; grants stay as they are. Throws `APP_NOT_FOUND`, `PRE_APPROVAL_NOT_FOUND`. */
  async revokePreApproval(
    trx: Write,
    actor: Actor,
    { appId, scopeId }: { appId: string; scopeId: string },
  ): Promise<void> {
    await lockApp(trx, appId);
    await deletePreApproval(trx, { appId, scopeId });
    const details = { scopeId };
    await this.#deps.audit.append(trx, actor, { action: "app.pre-approval.deleted", appId, details });
  }

  /** Compares the next instances of an app whose scopes changed. Returns whether there was work. */
  async continueWork(): Promise<boolean> {
    const { clock, database } = this.#deps;
    const appId = await nextScopeChange(database.read);
    if (appId === undefined) return false;
    return await database.write(async (trx) => {
      const app = await lockAppShared(trx, appId);
      const after = await claimScopeChange(trx, appId);
      if (after === undefined) return false;
      const instances = await lockInstancesOfApp(trx, { appId, after, limit: stepSize });
      await this.refresh(trx, app, instances);
      const last = instances.at(-1);
      if (last === undefined) await deleteScopeChange(trx, appId);
      else await moveScopeChange(trx, { appId, position: last.instanceId, now: clock.now() });
      return true;
    });
  }

  /**
   * Updates pending approvals: adds scopes that the app requests now, grants pre-approved ones, and drops those that
   * it no longer requests. Above the quota of the app, owners are asked without an event. Lock the app and the instances
   * first.
   */
  async refresh(trx: Write, app: App, instances: readonly Instance[]): Promise<void> {
    const { clock, events, publicUrl } = this.#deps;
    const { appId } = app;
    const present = instances.filter(({ state }) => state !== "removed");
    if (present.length === 0) return;
    const scopeIds = app.scopes.map(({ scopeId }) => scopeId);
    const preApproved = await readPreApproved(trx, { appId, scopeIds });
    const asked = await readAsked(trx, present.map(idOf));
    const pending: ApprovalsTable[] = [];
    const appended: NewEvent[] = [];
    for (const instance of present) {
      const { instanceId, siteId } = instance;
      const added = scopeChange(app.scopes, instance).added.map(({ scopeId }) => scopeId);
      const given = added.filter((scope) => preApproved.has(scope));
      if (given.length > 0) await this.#grantPreApproved(trx, instance, given);
      const open = added.filter((scope) => !preApproved.has(scope));
      if (open.length === 0) continue;
      const ids = { instance_id: instanceId, app_id: appId, site_id: siteId };
      pending.push({ ...ids, added_scopes: JSON.stringify(open), created_at: clock.now() });
      if (open.every((scope) => asked.get(instanceId)?.includes(scope))) continue;
      const payload = { appId, added: open, approvalUrl: approvalUrl(publicUrl, instanceId) };
      const eventType = "AppApprovalPending" satisfies EventType;
      appended.push({ eventType, appId, siteId, instanceId, payload, causedBy: appId });
    }
    const pendingIds = new Set(pending.map((row) => row.instance_id));
    await putApprovals(trx, pending);
    await deleteApprovals(
      trx,
      [...asked.keys()].filter((instanceId) => !pendingIds.has(instanceId)),
    );
    await events.append(trx, appended).catch(ignoreQuota);
  }

  async #grantPreApproved(trx: Write, instance: Instance, scopes: readonly string[]): Promise<void> {
    const after = {
      grant: [...instance.grant, ...scopes],
      declined: instance.declined.filter((scope) => !scopes.includes(scope)),
      preApproved: [...instance.preApproved, ...scopes],
    };
    const { instanceId } = instance;
    await updateInstance(trx, instanceId, { ...grantColumns(after), now: this.#deps.clock.now() });
    await recordChange(trx, this.#deps, {
      actor: system,
      change: {
        instance,
        action: "instance.pre-approved",
        details: { scopes },
        eventType: "AppGrantChanged",
        payload: { ...grantChange(instance.grant, after.grant) },
      },
    });
  }
}

/** Without a quota, an app that changes its scopes again and again would fill the database. */
function ignoreQuota(error: unknown): void {
  if (!(error instanceof ApiError && error.code === "EVENT_QUOTA_EXCEEDED")) throw error;
}

function idOf({ instanceId }: Instance): string {
  return instanceId;
}
