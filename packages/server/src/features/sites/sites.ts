import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType, NewEvent } from "../events/index.ts";
import type { NewSite, Site, SiteChanges } from "./site.ts";
import {
  insertSite,
  lockSite,
  lockSiteShared,
  markSiteDeleted,
  readSite,
  updateSite,
} from "./sites.queries.ts";

/** Hooks for changes of a site. Features and resources that own content of sites implement them. */
export interface SiteContent {
  created?(trx: Write, actor: Actor, siteId: string): Promise<void>;
  copied(trx: Write, actor: Actor, copy: { fromSiteId: string; toSiteId: string }): Promise<void>;
  deleted(trx: Write, actor: Actor, siteId: string): Promise<void>;
}

export interface SiteDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly events: EventLog;
  readonly content: readonly SiteContent[];
}

/** Changes sites. Each method runs in the caller's transaction and appends its audit entry and its event there. */
export class Sites {
  readonly #deps: SiteDependencies;

  constructor(deps: SiteDependencies) {
    this.#deps = deps;
  }

  /**
   * Throws `EXTERNAL_ID_TAKEN`.
   *
   * @param input `siteId` is for sites with a fixed id, such as the demo's
   */
  async create(trx: Write, actor: Actor, input: NewSite & { siteId?: string }): Promise<Site> {
    const { audit, clock, content, ids } = this.#deps;
    const now = clock.now();
    const site: Site = {
      siteId: input.siteId ?? ids.guid(),
      name: input.name,
      externalId: input.externalId ?? null,
      locale: input.locale ?? "en",
      currency: input.currency ?? "USD",
      url: input.url ?? null,
      createdAt: now,
      updatedAt: now,
    };
    const { name, siteId } = site;
    await insertSite(trx, site);
    await audit.append(trx, actor, { action: "site.created", siteId, details: { name } });
    for (const part of content) await part.created?.(trx, actor, siteId);
    return site;
  }

  /** Throws `SITE_NOT_FOUND`, `EXTERNAL_ID_TAKEN`. */
  async change(trx: Write, actor: Actor, input: SiteChanges & { siteId: string }): Promise<Site> {
    const { audit, clock, events } = this.#deps;
    const { siteId, ...changes } = input;
    const before = await lockSite(trx, siteId);
    await updateSite(trx, siteId, { ...changes, now: clock.now() });
    await audit.append(trx, actor, { action: "site.changed", siteId, details: { ...changes } });
    const after = await readSite(trx, siteId);
    await events.append(trx, siteChanged(before, after));
    return after;
  }

  /** Creates a second site with the same content and with new instances of the same apps. Throws `SITE_NOT_FOUND`. */
  async copy(trx: Write, actor: Actor, fromSiteId: string): Promise<Site> {
    const { audit, clock, content, ids } = this.#deps;
    const from = await lockSiteShared(trx, fromSiteId);
    const now = clock.now();
    const siteId = ids.guid();
    const to: Site = { ...from, siteId, externalId: null, url: null, createdAt: now, updatedAt: now };
    await insertSite(trx, to);
    await audit.append(trx, actor, { action: "site.copied", siteId, details: { fromSiteId } });
    for (const part of content) await part.copied(trx, actor, { fromSiteId, toSiteId: siteId });
    return to;
  }

  /** Removes every app from the site, then deletes the site. Throws `SITE_NOT_FOUND`. */
  async remove(trx: Write, actor: Actor, siteId: string): Promise<void> {
    const { audit, clock, content } = this.#deps;
    await lockSite(trx, siteId);
    for (const part of content) await part.deleted(trx, actor, siteId);
    await markSiteDeleted(trx, siteId, clock.now());
    await audit.append(trx, actor, { action: "site.deleted", siteId });
  }
}

/** The fields that apps receive in the event. The external id is private to the platform owner. */
const publishedFields = ["name", "locale", "currency", "url"] as const;

function siteChanged(before: Site, after: Site): NewEvent[] {
  const { siteId } = after;
  const changed = publishedFields.filter((field) => before[field] !== after[field]);
  if (changed.length === 0) return [];
  const changes = Object.fromEntries(changed.map((field) => [field, after[field]]));
  return [{ eventType: "latchkey.site_changed" satisfies EventType, siteId, payload: { siteId, changes } }];
}
