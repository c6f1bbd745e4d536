import type { Clock } from "../../infrastructure/clock/index.ts";
import type { Ids, Write } from "../../infrastructure/database/index.ts";
import type { Actor } from "../../infrastructure/management/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType, NewEvent } from "../events/index.ts";
import type { Site } from "./site.ts";
import {
  insertSite,
  lockSite,
  lockSiteShared,
  markSiteDeleted,
  readSite,
  type SiteChanges,
  updateSite,
} from "./sites.queries.ts";

export interface NewSite {
  readonly name: string;
  readonly externalId?: string | undefined;
  readonly locale?: string | undefined;
  readonly currency?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * What hangs on a site and goes with it. Features above sites implement it and the platform hands them in, so that
 * sites need not know them.
 */
export interface SiteContent {
  /** What a new site begins with. */
  created?(trx: Write, actor: Actor, siteId: string): Promise<void>;
  copied(trx: Write, actor: Actor, copy: { fromSiteId: string; toSiteId: string }): Promise<void>;
  deleted(trx: Write, actor: Actor, siteId: string): Promise<void>;
}

/** Changes of sites; each runs in the caller's transaction, and notes its audit entry and what apps hear of it there. */
export interface Sites {
  /** Throws `EXTERNAL_ID_TAKEN`.  @param siteId a fixed id, for demonstrations */
  create(trx: Write, actor: Actor, input: NewSite & { siteId?: string }): Promise<Site>;
  /** Throws `SITE_NOT_FOUND`, `EXTERNAL_ID_TAKEN`. */
  change(trx: Write, actor: Actor, input: SiteChanges & { siteId: string }): Promise<Site>;
  /** Makes a second site with the same content, and instances of their own for the apps. Throws `SITE_NOT_FOUND`. */
  copy(trx: Write, actor: Actor, siteId: string): Promise<Site>;
  /** Removes the apps from the site, then the site. Throws `SITE_NOT_FOUND`. */
  remove(trx: Write, actor: Actor, siteId: string): Promise<void>;
}

export function createSites(deps: {
  clock: Clock;
  ids: Ids;
  audit: AuditLog;
  events: EventLog;
  content: readonly SiteContent[];
}): Sites {
  const { audit, clock, content, events, ids } = deps;
  return {
    async create(trx, actor, input) {
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
      await insertSite(trx, site);
      await audit.append(trx, actor, {
        action: "site.created",
        siteId: site.siteId,
        details: { name: site.name },
      });
      for (const part of content) await part.created?.(trx, actor, site.siteId);
      return site;
    },
    async change(trx, actor, input) {
      const { siteId, ...changes } = input;
      const before = await lockSite(trx, siteId);
      await updateSite(trx, siteId, { ...changes, now: clock.now() });
      await audit.append(trx, actor, { action: "site.changed", siteId, details: { ...changes } });
      const after = await readSite(trx, siteId);
      await events.append(trx, siteChanged(before, after));
      return after;
    },
    async copy(trx, actor, fromSiteId) {
      const from = await lockSiteShared(trx, fromSiteId);
      const now = clock.now();
      const to: Site = {
        ...from,
        siteId: ids.guid(),
        externalId: null,
        url: null,
        createdAt: now,
        updatedAt: now,
      };
      await insertSite(trx, to);
      await audit.append(trx, actor, { action: "site.copied", siteId: to.siteId, details: { fromSiteId } });
      for (const part of content) await part.copied(trx, actor, { fromSiteId, toSiteId: to.siteId });
      return to;
    },
    async remove(trx, actor, siteId) {
      await lockSite(trx, siteId);
      for (const part of content) await part.deleted(trx, actor, siteId);
      await markSiteDeleted(trx, siteId, clock.now());
      await audit.append(trx, actor, { action: "site.deleted", siteId });
    },
  };
}

/** What the apps of a site know of it: the platform owner's id is none of it. */
const toldFields = ["name", "locale", "currency", "url"] as const;

function siteChanged(before: Site, after: Site): NewEvent[] {
  const { siteId } = after;
  const changed = toldFields.filter((field) => before[field] !== after[field]);
  if (changed.length === 0) return [];
  const changes = Object.fromEntries(changed.map((field) => [field, after[field]]));
  return [{ eventType: "latchkey.site_changed" satisfies EventType, siteId, payload: { siteId, changes } }];
}
