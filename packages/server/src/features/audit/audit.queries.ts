import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Queries, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";

/** One change, as features note it: never with a secret in it. */
export interface NewAuditEntry {
  readonly action: string;
  readonly appId?: string;
  readonly siteId?: string;
  readonly instanceId?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends NewAuditEntry {
  readonly entryId: string;
  readonly actor: string;
  readonly requestId: string;
  readonly occurredAt: number;
}

export interface AuditLog {
  /** Notes a change in the change's own transaction. */
  append(trx: Write, actor: Actor, entry: NewAuditEntry): Promise<void>;
}

export function createAuditLog(deps: { clock: Clock; ids: Ids }): AuditLog {
  return {
    async append(trx, actor, entry) {
      await trx
        .insertInto("audit")
        .values({
          entry_id: deps.ids.ordered(),
          actor: actor.name,
          action: entry.action,
          app_id: entry.appId ?? null,
          site_id: entry.siteId ?? null,
          instance_id: entry.instanceId ?? null,
          details: JSON.stringify(entry.details ?? {}),
          request_id: actor.requestId,
          occurred_at: deps.clock.now(),
        })
        .execute();
    },
  };
}

export interface AuditQuery {
  readonly appId?: string | undefined;
  readonly siteId?: string | undefined;
  /** Newest first, from just before this entry. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Entries, newest first. */
export async function listAuditEntries(db: Queries, query: AuditQuery): Promise<AuditEntry[]> {
  let select = db.selectFrom("audit").selectAll().orderBy("entry_id", "desc").limit(query.limit);
  if (query.appId !== undefined) select = select.where("app_id", "=", query.appId);
  if (query.siteId !== undefined) select = select.where("site_id", "=", query.siteId);
  if (query.before !== undefined) select = select.where("entry_id", "<", query.before);
  const rows = await select.execute();
  return rows.map((row) => ({
    entryId: row.entry_id,
    actor: row.actor,
    action: row.action,
    requestId: row.request_id,
    occurredAt: row.occurred_at,
    ...(row.app_id === null ? {} : { appId: row.app_id }),
    ...(row.site_id === null ? {} : { siteId: row.site_id }),
    ...(row.instance_id === null ? {} : { instanceId: row.instance_id }),
    details: JSON.parse(row.details),
  }));
}
