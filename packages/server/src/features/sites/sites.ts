import { type Clock, minutes, nextTurn } from "../../infrastructure/clock/index.ts";
import type { Database, Ids, Queries, SiteWorkTable, Write } from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import {
  type Actor,
  ownerRole,
  type Principal,
  refuseOwnIds,
  requireOperator,
  restrictedAccount,
} from "../../infrastructure/management/index.ts";
import { lockAccount } from "../accounts/index.ts";
import type { AuditLog } from "../audit/index.ts";
import type { EventLog, EventType, NewEvent } from "../events/index.ts";
import type { ContentWork } from "./content-work.ts";
import { ownsSites, putMember } from "./members.queries.ts";
import type { NewSite, Site, SiteChanges } from "./site.ts";
import { claimSiteWork, deleteSiteWork, putSiteWork, touchSiteWork } from "./site-work.queries.ts";
import {
  insertSite,
  lockSite,
  lockSiteShared,
  markSiteDeleted,
  readAnySite,
  readSite,
  requireFreeId,
  showSite,
  updateSite,
} from "./sites.queries.ts";

/** The content of sites that a resource owns. Each call copies or deletes a limited part, in a transaction of its own. */
export interface SiteContent {
  created(trx: Write, siteId: string): Promise<void>;
  /**
   * Copies the part that begins after `after`, which is empty at first. Returns the `after` of the next part; undefined
   * when the copy is complete.
   */
  copied(trx: Write, copy: SiteCopy, after: string): Promise<string | undefined>;
  /** Deletes a part. Returns whether more is left. */
  deleted(trx: Write, site: Site): Promise<boolean>;
}

/** The instances of sites. Each call changes a limited number, and returns whether more are left. */
export interface SiteInstances {
  copied(trx: Write, actor: Actor, copy: { fromSiteId: string; toSiteId: string }): Promise<boolean>;
  deleted(trx: Write, actor: Actor, siteId: string): Promise<boolean>;
}

/** A site and its copy. */
export interface SiteCopy {
  readonly from: Site;
  readonly to: Site;
}

interface NewOwner {
  readonly principal: Principal;
  readonly siteId: string;
}

/** A copy without a step for this time was left by a process that ended. */
const abandonedAfter = minutes(1);
/** The number of sites up to which an account may create or copy another one. */
const maxSites = 100;

export interface SiteDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditLog;
  readonly events: EventLog;
  readonly content: readonly SiteContent[];
  readonly database: Database;
  readonly siteInstances: SiteInstances;
  readonly contentWork: ContentWork;
  /** Whether sites may have ids that the caller chose. */
  readonly development: boolean;
}

/**
 * Changes sites. A method with a `trx` runs in the caller's transaction and appends its audit entry and its event there. The
 * content of a site is copied and deleted in steps, each in its own transaction, so that other work is served between them.
 */
export class Sites {
  readonly #deps: SiteDependencies;

  constructor(deps: SiteDependencies) {
    this.#deps = deps;
  }

  /** Throws `EXTERNAL_ID_TAKEN`, `ID_TAKEN`, and a violation for an own id in production. */
  async create(trx: Write, actor: Actor, input: NewSite): Promise<Site> {
    const { audit, clock, content, development, ids } = this.#deps;
    refuseOwnIds(development, { siteId: input.siteId });
    if (input.siteId !== undefined) await requireFreeId(trx, input.siteId);
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
    for (const part of content) await part.created(trx, siteId);
    return site;
  }

  /** Makes the account that created or copied a site its owner; does nothing for a key. Throws `TOO_MANY_SITES`. */
  async addOwner(trx: Write, actor: Actor, { principal, siteId }: NewOwner): Promise<void> {
    if (principal.account === undefined) return;
    const { accountId } = principal.account;
    const role = ownerRole;
    await lockAccount(trx, accountId);
    await this.requireRoom(principal, trx);
    await putMember(trx, { siteId, accountId, role }, this.#deps.clock.now());
    await this.#deps.audit.append(trx, actor, { action: "member.set", siteId, details: { accountId, role } });
  }

  /** Throws `TOO_MANY_SITES` for an account that owns as many as it may; operators have no limit. */
  async requireRoom(principal: Principal, db: Queries = this.#deps.database.read): Promise<void> {
    const account = restrictedAccount(principal);
    if (account !== undefined && (await ownsSites(db, account.accountId, maxSites))) {
      throw new ApiError("TOO_MANY_SITES");
    }
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

  /**
   * Creates a second site with the same content and with new instances of the same apps. Instances of a site with many
   * apps follow in steps. Throws what `prepareCopy` and `completeCopy` throw.
   */
  async copy(actor: Actor, fromSiteId: string): Promise<Site> {
    const copy = await this.prepareCopy(actor, fromSiteId);
    return await this.#deps.database.write((trx) => this.completeCopy(trx, actor, copy));
  }

  /** Copies the content of a site to a new one, which is not visible until `completeCopy`. Throws `SITE_NOT_FOUND`. */
  async prepareCopy(actor: Actor, fromSiteId: string): Promise<SiteCopy> {
    const { clock, content, database, ids } = this.#deps;
    const copy = await database.write(async (trx) => {
      const from = await lockSiteShared(trx, fromSiteId);
      const now = clock.now();
      const siteId = ids.guid();
      const to: Site = { ...from, siteId, externalId: null, url: null, createdAt: now, updatedAt: now };
      await insertSite(trx, to, now);
      await this.#putWork(trx, actor, { siteId, kind: "copying", fromSiteId });
      return { from, to };
    });
    try {
      for (const part of content) await this.#copyContent(part, copy);
    } catch (error) {
      await database.write((trx) => this.#putWork(trx, actor, { siteId: copy.to.siteId, kind: "deleting" }));
      throw error;
    }
    return copy;
  }

  async #copyContent(content: SiteContent, copy: SiteCopy): Promise<void> {
    let after: string | undefined = "";
    while (after !== undefined) {
      const begin: string = after;
      after = await this.#deps.database.write(async (trx) => {
        await this.#lockCopy(trx, copy);
        return await content.copied(trx, copy, begin);
      });
      await nextTurn();
    }
  }

  /** Makes a copy visible. Throws `SITE_NOT_FOUND` when the original was deleted. */
  async completeCopy(trx: Write, actor: Actor, copy: SiteCopy): Promise<Site> {
    const { audit, siteInstances } = this.#deps;
    await this.#lockCopy(trx, copy);
    const { siteId } = copy.to;
    const fromSiteId = copy.from.siteId;
    await showSite(trx, siteId);
    await audit.append(trx, actor, { action: "site.copied", siteId, details: { fromSiteId } });
    if (await siteInstances.copied(trx, actor, { fromSiteId, toSiteId: siteId })) {
      await this.#putWork(trx, actor, { siteId, kind: "installing", fromSiteId });
    } else await deleteSiteWork(trx, siteId);
    return copy.to;
  }

  /** Throws `SITE_NOT_FOUND` when the original was deleted, and `UNAVAILABLE` when the copy was given up. */
  async #lockCopy(trx: Write, { from, to }: SiteCopy): Promise<void> {
    await lockSiteShared(trx, from.siteId);
    const work = { siteId: to.siteId, kind: "copying", now: this.#deps.clock.now() } as const;
    if (!(await touchSiteWork(trx, work))) throw new ApiError("UNAVAILABLE");
  }

  /** Throws `SITE_NOT_FOUND`, and `PERMISSION_DENIED` unless an operator deletes a site that has an id of the platform owner. */
  async requireDeletable(principal: Principal, siteId: string): Promise<void> {
    const { externalId } = await readSite(this.#deps.database.read, siteId);
    if (externalId !== null) requireOperator(principal);
  }

  /**
   * Deletes a site: it is not visible after the first transaction, and has no apps when the promise resolves. Its content is
   * deleted in the background. Throws `SITE_NOT_FOUND`.
   */
  async remove(actor: Actor, siteId: string): Promise<void> {
    const { database, siteInstances } = this.#deps;
    let more = await database.write((trx) => this.markDeleted(trx, actor, siteId));
    while (more) more = await database.write((trx) => siteInstances.deleted(trx, actor, siteId));
  }

  /** The first transaction of `remove`. Returns whether the site has instances left. Throws `SITE_NOT_FOUND`. */
  async markDeleted(trx: Write, actor: Actor, siteId: string): Promise<boolean> {
    const { audit, clock, siteInstances } = this.#deps;
    await lockSite(trx, siteId);
    await markSiteDeleted(trx, siteId, clock.now());
    await audit.append(trx, actor, { action: "site.deleted", siteId });
    await this.#putWork(trx, actor, { siteId, kind: "deleting" });
    return await siteInstances.deleted(trx, actor, siteId);
  }

  async #putWork(
    trx: Write,
    { name, requestId }: Actor,
    { fromSiteId, kind, siteId }: { siteId: string; kind: SiteWorkTable["kind"]; fromSiteId?: string },
  ): Promise<void> {
    await putSiteWork(trx, {
      ...{ site_id: siteId, kind, from_site_id: fromSiteId ?? null },
      ...{ actor: name, request_id: requestId, updated_at: this.#deps.clock.now() },
    });
    this.#deps.contentWork.request(trx);
  }

  /** Does one step of the work that is left. Returns whether there was any. */
  async continueWork(): Promise<boolean> {
    const { clock, database } = this.#deps;
    const now = clock.now();
    let work: SiteWorkTable | undefined;
    try {
      return await database.write(async (trx) => {
        work = await claimSiteWork(trx, now - abandonedAfter);
        if (work !== undefined) await this.#step(trx, work);
        return work !== undefined;
      });
    } catch (error) {
      // The next step is one of another site.
      const { kind, site_id: siteId } = work ?? {};
      if (siteId && kind) await database.write((trx) => touchSiteWork(trx, { siteId, kind, now }));
      throw error;
    }
  }

  async #step(trx: Write, work: SiteWorkTable): Promise<void> {
    const { site_id: siteId, from_site_id: fromSiteId } = work;
    const actor = { name: work.actor, requestId: work.request_id };
    const kind = work.kind === "installing" ? work.kind : "deleting";
    const more =
      kind === "installing" && fromSiteId !== null
        ? await this.#deps.siteInstances.copied(trx, actor, { fromSiteId, toSiteId: siteId })
        : await this.#deletePart(trx, actor, siteId);
    if (more) await putSiteWork(trx, { ...work, kind, updated_at: this.#deps.clock.now() });
    else await deleteSiteWork(trx, siteId);
  }

  async #deletePart(trx: Write, actor: Actor, siteId: string): Promise<boolean> {
    if (await this.#deps.siteInstances.deleted(trx, actor, siteId)) return true;
    const site = await readAnySite(trx, siteId);
    for (const part of this.#deps.content) if (await part.deleted(trx, site)) return true;
    return false;
  }

  /** Ends the deletion of a site in one transaction, for a site that is created again under its id. */
  async finishDeletion(trx: Write, actor: Actor, siteId: string): Promise<void> {
    while (await this.#deletePart(trx, actor, siteId));
    await deleteSiteWork(trx, siteId);
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
