import type { Clock } from "../../infrastructure/clock/index.ts";
import {
  type AuditTable,
  type Ids,
  markSecurityChange,
  type Queries,
  type Write,
} from "../../infrastructure/database/index.ts";
import {
  type Actor,
  type FoundPage,
  findNewest,
  type ListFilters,
  type NewestFirst,
  type Page,
} from "../../infrastructure/management/index.ts";
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

const entries: NewestFirst = {
  id: "entry_id",
  filters: {
    ...{ appId: "app_id", siteId: "site_id", instanceId: "instance_id" },
    ...{ actor: "actor", action: "action", requestId: "request_id" },
  },
  indexes: [
    ["requestId"],
    ["instanceId"],
    ["appId", "siteId"],
    ["appId", "action"],
    ["siteId"],
    ["appId"],
    ["actor"],
    ["action"],
  ],
};

/** Returns entries of the audit log, newest first. */
export async function listAuditEntries(
  db: Queries,
  filters: ListFilters,
  page: Page,
): Promise<FoundPage<AuditTable>> {
  return await findNewest(db, db.selectFrom("audit").selectAll(), { list: entries, filters, page });
}
