import type { Clock } from "../../infrastructure/clock/index.ts";
import {
  type AuditTable,
  type Ids,
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

export async function listAuditEntries(
  db: Queries,
  { appId, siteId }: { appId?: string | undefined; siteId?: string | undefined },
  page: Page,
): Promise<AuditTable[]> {
  let select = newestFirst(db.selectFrom("audit").selectAll(), "entry_id", page);
  if (appId !== undefined) select = select.where("app_id", "=", appId);
  if (siteId !== undefined) select = select.where("site_id", "=", siteId);
  return await select.execute();
}
