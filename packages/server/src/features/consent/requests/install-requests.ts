import { type Clock, days } from "../../../infrastructure/clock/index.ts";
import type { Ids, InstallRequestsTable, Queries, Write } from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { lockAccount } from "../../accounts/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import type { EventLog, EventType } from "../../events/index.ts";
import type { Instance, Instances } from "../../instances/index.ts";
import { mayInstall } from "../people.ts";
import type { ReturnTo } from "../return-to.ts";
import { lockTerms } from "../terms.ts";
import { countPending, decideRequest, putRequest, readRequest } from "./install-requests.queries.ts";

/** Milliseconds for which a request is kept. */
const requestLifetime = days(30);
const maxPendingOfAccount = 20;
const maxPendingOfSite = 200;

export interface InstallRequestDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly ids: Ids;
  readonly instances: Instances;
}

/** A request of a member of a site, who may not install apps, to an owner. */
export interface InstallRequest {
  readonly requestId: string;
  readonly appId: string;
  readonly siteId: string;
  /** Who asks. */
  readonly accountId: string;
  /** Where this person returns to after the decision. */
  readonly returnTo: ReturnTo;
  readonly state: InstallRequestsTable["state"];
  /** The actor who decided; null before that. */
  readonly decidedBy: string | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly expiresAt: number;
}

/** Requests to install an app. Each method runs in the caller's transaction and appends its audit entry and event there. */
export class InstallRequests {
  readonly #deps: InstallRequestDependencies;

  constructor(deps: InstallRequestDependencies) {
    this.#deps = deps;
  }

  /**
   * Asks the owners of a site. Asking again replaces only the return address. Throws `SITE_NOT_FOUND` for an account that
   * is no member, `APP_NOT_FOUND`, `APP_DISABLED`, `INSTANCE_ALREADY_INSTALLED`, `TOO_MANY_INSTALL_REQUESTS`.
   *
   * @returns the id of the request
   */
  async ask(
    trx: Write,
    actor: Actor,
    request: Pick<InstallRequest, "appId" | "siteId" | "accountId" | "returnTo">,
  ): Promise<string> {
    const { accountId, appId, returnTo, siteId } = request;
    await lockAccount(trx, accountId);
    await mayInstall(trx, request);
    const { instance } = await lockTerms(trx, request);
    if (instance !== undefined && instance.state !== "removed") {
      throw new ApiError("INSTANCE_ALREADY_INSTALLED");
    }
    const now = this.#deps.clock.now();
    const { isNew, requestId } = await putRequest(trx, {
      ...{ request_id: this.#deps.ids.ordered(), app_id: appId, site_id: siteId, account_id: accountId },
      ...{ return_to: JSON.stringify(returnTo), state: "pending", decided_by: null },
      ...{ created_at: now, decided_at: null, expires_at: now + requestLifetime },
    });
    if (!isNew) return requestId;
    await requireRoom(trx, request);
    await this.#record(trx, actor, { requestId, appId, siteId, eventType: "AppInstallRequested" });
    return requestId;
  }

  /** Throws `INSTALL_REQUEST_NOT_FOUND`, also for one that has expired. */
  async read(db: Queries, requestId: string): Promise<InstallRequest> {
    const row = await readRequest(db, requestId);
    if (row.expires_at <= this.#deps.clock.now()) throw new ApiError("INSTALL_REQUEST_NOT_FOUND");
    return toInstallRequest(row);
  }

  /**
   * Installs the requested app. Throws `INSTALL_REQUEST_NOT_FOUND`, `INSTALL_REQUEST_DECIDED`, and what
   * {@link Instances.install} throws.
   *
   * @param request.grant default: all scopes that the app requests
   */
  async approve(
    trx: Write,
    actor: Actor,
    request: { requestId: string; grant?: readonly string[] | undefined },
  ): Promise<Instance> {
    const { grant, requestId } = request;
    const { appId, siteId } = await this.read(trx, requestId);
    await this.#decide(trx, actor, { requestId, state: "approved" });
    await this.#deps.audit.append(trx, actor, {
      ...{ action: "install-request.approved", appId, siteId, details: { requestId } },
    });
    return await this.#deps.instances.install(trx, actor, { appId, siteId, grant });
  }

  /** Throws `INSTALL_REQUEST_NOT_FOUND`, `INSTALL_REQUEST_DECIDED`. */
  async decline(trx: Write, actor: Actor, requestId: string): Promise<InstallRequest> {
    const { appId, siteId } = await this.read(trx, requestId);
    await this.#decide(trx, actor, { requestId, state: "declined" });
    await this.#record(trx, actor, { requestId, appId, siteId, eventType: "AppInstallDeclined" });
    return await this.read(trx, requestId);
  }

  async #decide(
    trx: Write,
    actor: Actor,
    decision: { requestId: string; state: "approved" | "declined" },
  ): Promise<void> {
    const now = this.#deps.clock.now();
    const decided = await decideRequest(trx, { ...decision, decidedBy: actor.name, now });
    if (!decided) throw new ApiError("INSTALL_REQUEST_DECIDED");
  }

  async #record(
    trx: Write,
    actor: Actor,
    change: Pick<InstallRequest, "appId" | "requestId" | "siteId"> & {
      readonly eventType: Extract<EventType, "AppInstallRequested" | "AppInstallDeclined">;
    },
  ): Promise<void> {
    const { audit, events } = this.#deps;
    const { appId, eventType, requestId, siteId } = change;
    const action =
      eventType === "AppInstallRequested" ? "install-request.created" : "install-request.declined";
    await audit.append(trx, actor, { action, appId, siteId, details: { requestId } });
    // Without an instance, so it goes to the app itself.
    await events.append(trx, [{ eventType, appId, siteId, payload: { appId, siteId, requestId } }]);
  }
}

/** Throws `TOO_MANY_INSTALL_REQUESTS`. */
async function requireRoom(
  trx: Write,
  { accountId, siteId }: Pick<InstallRequest, "accountId" | "siteId">,
): Promise<void> {
  const ofAccount = { id: accountId, limit: maxPendingOfAccount + 1 };
  const ofSite = { id: siteId, limit: maxPendingOfSite + 1 };
  const tooMany =
    (await countPending(trx, "account_id", ofAccount)) > maxPendingOfAccount ||
    (await countPending(trx, "site_id", ofSite)) > maxPendingOfSite;
  if (tooMany) throw new ApiError("TOO_MANY_INSTALL_REQUESTS");
}

/** Converts a row. */
export function toInstallRequest(row: InstallRequestsTable): InstallRequest {
  return {
    requestId: row.request_id,
    appId: row.app_id,
    siteId: row.site_id,
    accountId: row.account_id,
    returnTo: JSON.parse(row.return_to),
    state: row.state,
    decidedBy: row.decided_by,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
    expiresAt: row.expires_at,
  };
}
