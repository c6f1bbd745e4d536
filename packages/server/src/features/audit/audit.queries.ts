import type { Clock } from "../../infrastructure/clock/index.ts";
import {
  type AuditTable,
  type Ids,
  lowestIdAt,
  markSecurityChange,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";
import { type Actor, newestFirst, type Page } from "../../infrastructure/management/index.ts";
import { securityActions } from "./security-actions.ts";

/** A change. Never contains a secret. */
export interface NewAuditEntry {
  readonly action: string;
  readonly appId?: string;
  readonly siteId?: string;
  readonly instanceId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export class AuditLog {
  readonly #deps: { readonly clock: Clock; readonly ids: Ids };

  constructor(deps: { clock: Clock; ids: Ids }) {
    this.#deps = deps;
  }

  /** Records a change in its own transaction, and counts it when it takes access away. */
  async append(trx: Write, actor: Actor, entry: NewAuditEntry): Promise<void> {
    if (securityActions.has(entry.action)) markSecurityChange(trx);
    await trx
      .insertInto("audit")
      .values({
        entry_id: this.#deps.ids.ordered(),
        actor: actor.name,
        action: entry.action,
        app_id: entry.appId ?? null,
        site_id: entry.siteId ?? null,
        instance_id: entry.instanceId ?? null,
        details: JSON.stringify(entry.details ?? {}),
        request_id: actor.requestId,
        occurred_at: this.#deps.clock.now(),
      })
      .execute();
  }
}

/** Filters of the audit log. Of those that are no times one may be set, or `appId` with `siteId` or with `action`. */
export interface AuditFilters {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Epoch milliseconds, like `until`; both included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Returns entries of the audit log, newest first. */
export async function listAuditEntries(
  db: Queries,
  { action, actor, appId, instanceId, since, siteId, until }: AuditFilters,
  page: Page,
): Promise<AuditTable[]> {
  let select = newestFirst(db.selectFrom("audit").selectAll(), "entry_id", page);
  if (appId !== undefined) select = select.where("app_id", "=", appId);
  if (siteId !== undefined) select = select.where("site_id", "=", siteId);
  if (instanceId !== undefined) select = select.where("instance_id", "=", instanceId);
  if (actor !== undefined) select = select.where("actor", "=", actor);
  if (action !== undefined) select = select.where("action", "=", action);
  // An id begins with the time of its entry.
  if (since !== undefined) select = select.where("entry_id", ">=", lowestIdAt(since));
  if (until !== undefined) select = select.where("entry_id", "<", lowestIdAt(until + 1));
  return await select.execute();
}

/** Whether an instance is one of an app, also when it is removed. */
export async function isInstanceOf(db: Queries, appId: string, instanceId: string): Promise<boolean> {
  const instance = await db
    .selectFrom("instances")
    .select("app_id")
    .where("instance_id", "=", instanceId)
    .executeTakeFirst();
  return instance?.app_id === appId;
}
