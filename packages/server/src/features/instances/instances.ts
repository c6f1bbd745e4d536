import type { Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { SiteContent } from "../sites/index.ts";
import { type InstallRequest, install, settle } from "./install.ts";
import type { Instance } from "./instance.ts";
import { listInstances, lockInstance } from "./instances.queries.ts";
import { approve, remove, resume, revokeTokens, suspend, type Transition } from "./lifecycle.ts";
import type { InstanceDependencies } from "./notes.ts";

/** An instance named by its id, changed by somebody. */
type Change = (trx: Write, actor: Actor, instanceId: string) => Promise<Instance>;

/**
 * The life of instances. Each change runs in the caller's transaction and notes its event and its audit entry there.
 * What ends or pauses an instance raises its generation number, and with that kills every token it has.
 */
export interface Instances {
  /**
   * Installs the app on the site; an instance that was removed comes back under its old id.
   *
   * Throws `APP_NOT_FOUND`, `SITE_NOT_FOUND`, `APP_DISABLED`, `INSTANCE_ALREADY_INSTALLED`, and violations for scopes
   * the app does not ask for.
   */
  install(trx: Write, actor: Actor, request: InstallRequest): Promise<Instance>;
  /** Throws `INSTANCE_NOT_FOUND`; to an instance that is gone already it does nothing. */
  remove: Change;
  /** Throws `INSTANCE_NOT_FOUND`, and `INSTANCE_NOT_INSTALLED` unless it is installed. */
  suspend: Change;
  /** Throws `INSTANCE_NOT_FOUND`, and `INSTANCE_NOT_INSTALLED` unless it is suspended. */
  resume: Change;
  /** Throws `INSTANCE_NOT_FOUND`. */
  revokeTokens: Change;
  /**
   * Sets what the owner approves from now on; tokens that are out follow at once.
   * Throws `INSTANCE_NOT_FOUND`, `INSTANCE_NOT_INSTALLED`, and violations for scopes the app does not ask for.
   */
  approve(trx: Write, actor: Actor, request: Approval): Promise<Instance>;
  /** Instances follow their site when it is copied or deleted. */
  readonly siteContent: SiteContent;
}

export interface Approval {
  readonly instanceId: string;
  /** All that the app asks for when absent. */
  readonly grant?: readonly string[] | undefined;
}

const pageOfSite = 500;

export function createInstances(deps: InstanceDependencies): Instances {
  const change =
    (transition: Transition): Change =>
    async (trx, actor, instanceId) =>
      transition(deps, { trx, actor }, await lockInstance(trx, instanceId));
  return {
    install: (trx, actor, request) => install(deps, { trx, actor }, request),
    remove: change(remove),
    suspend: change(suspend),
    resume: change(resume),
    revokeTokens: change(revokeTokens),
    approve: (trx, actor, { instanceId, grant }) => change(approve(grant))(trx, actor, instanceId),
    siteContent: {
      async copied(trx, actor, { fromSiteId, toSiteId }) {
        for await (const { appId, grant, instanceId, state } of lockAllOn(trx, fromSiteId)) {
          if (state !== "installed") continue;
          const copy = { appId, siteId: toSiteId, grant, originInstanceId: instanceId };
          await settle(deps, { trx, actor }, copy);
        }
      },
      async deleted(trx, actor, siteId) {
        for await (const instance of lockAllOn(trx, siteId)) {
          await remove(deps, { trx, actor }, instance);
        }
      },
    },
  };
}

/** Every instance of a site, each locked before it is looked at. */
async function* lockAllOn(trx: Write, siteId: string): AsyncIterable<Instance> {
  let page: Instance[];
  let after = "";
  do {
    page = await listInstances(trx, { siteId, after, limit: pageOfSite });
    for (const { instanceId } of page) yield await lockInstance(trx, instanceId);
    after = page.at(-1)?.instanceId ?? after;
  } while (page.length === pageOfSite);
}
