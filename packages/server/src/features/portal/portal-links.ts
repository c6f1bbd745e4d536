import { canonicalGuid } from "@latchkey/protocol";
import { type Clock, hours, minutes } from "../../infrastructure/clock/index.ts";
import type { Vault } from "../../infrastructure/crypto/index.ts";
import type {
  Database,
  Ids,
  PortalLinksTable,
  Queries,
  RandomBytes,
  Write,
} from "../../infrastructure/database/index.ts";
import { ApiError } from "../../infrastructure/errors/index.ts";
import type { Actor, PortalTheme, Principal } from "../../infrastructure/management/index.ts";
import { SecretCookie } from "../../infrastructure/pages/index.ts";
import type { PortalPage } from "../../infrastructure/routes/index.ts";
import { lockAppShared, readApp } from "../apps/index.ts";
import type { AuditLog } from "../audit/index.ts";
import { lockSiteShared, readSite } from "../sites/index.ts";
import {
  deletePortalLink,
  type FoundPortalLink,
  insertPortalLink,
  listPortalLinks,
  type PortalOwner,
  prepareFindPortalLink,
  usePortalLink,
} from "./portal-links.queries.ts";

/** Milliseconds in which a link can be used. */
const linkLifetime = minutes(5);
/** Milliseconds after which the session of a used link ends. */
const sessionLifetime = hours(1);
/** The number of links and sessions that an app or a site may have. */
const maxLinks = 1_000;

interface PortalDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly database: Database;
  readonly ids: Ids;
  readonly publicUrl: string;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

export interface NewPortalLink {
  readonly owner: PortalOwner;
  readonly pages: readonly PortalPage[];
  readonly origin: string;
  readonly theme: PortalTheme;
}

/** A session of a portal, which began with the use of a link. */
export interface PortalSession {
  readonly linkId: string;
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
}

/**
 * Links with which a platform owner shows pages of one app or one site in its own product. A link is used once, and begins a
 * session of one hour in one browser. Only digests of tokens and sessions are stored.
 */
export class PortalLinks {
  readonly #deps: PortalDependencies;
  readonly #find: ReturnType<typeof prepareFindPortalLink>;

  constructor(deps: PortalDependencies) {
    this.#deps = deps;
    this.#find = prepareFindPortalLink(deps.database);
  }

  /** Throws `APP_NOT_FOUND`, `SITE_NOT_FOUND`, `APP_DISABLED`, `TOO_MANY_PORTAL_LINKS`. */
  async create(
    trx: Write,
    actor: Actor,
    { origin, owner, pages, theme }: NewPortalLink,
  ): Promise<{ link: PortalLinksTable; url: string }> {
    const { audit, clock, ids, publicUrl, random, vault } = this.#deps;
    if ("siteId" in owner) await lockSiteShared(trx, owner.siteId);
    else if (!(await lockAppShared(trx, owner.appId)).enabled) throw new ApiError("APP_DISABLED");
    const now = clock.now();
    if ((await this.list(trx, owner)).length >= maxLinks) throw new ApiError("TOO_MANY_PORTAL_LINKS");
    const token = newSecret(random);
    const link: PortalLinksTable = {
      ...{ link_id: ids.guid(), digest: vault.digest(ofLink(token)) },
      ...{ app_id: "appId" in owner ? owner.appId : null, site_id: "siteId" in owner ? owner.siteId : null },
      ...{ pages: JSON.stringify([...new Set(pages)]), origin, theme: JSON.stringify(theme) },
      ...{ created_by: actor.name, created_at: now, used_at: null, expires_at: now + linkLifetime },
    };
    await insertPortalLink(trx, link);
    const details = { linkId: link.link_id, pages, origin };
    await audit.append(trx, actor, { action: "portal-link.created", ...owner, details });
    return { link, url: `${publicUrl}/portal?token=${token}` };
  }

  /**
   * The links and sessions of an app or a site that have not ended, by their ids. Throws `APP_NOT_FOUND`, `SITE_NOT_FOUND`.
   */
  async list(db: Queries, owner: PortalOwner): Promise<PortalLinksTable[]> {
    await ("appId" in owner ? readApp(db, owner.appId) : readSite(db, owner.siteId));
    return await listPortalLinks(db, owner, { now: this.#deps.clock.now(), limit: maxLinks });
  }

  /**
   * Deletes a link, or ends its session at once; only of the app `appId` if that is given. Throws `PORTAL_LINK_NOT_FOUND`.
   */
  async delete(
    trx: Write,
    actor: Actor,
    { appId, linkId }: { linkId: string; appId: string | undefined },
  ): Promise<void> {
    const link = await deletePortalLink(trx, linkId, appId);
    if (link === undefined) throw new ApiError("PORTAL_LINK_NOT_FOUND");
    const entry = { action: "portal-link.deleted", ...ownerOf(link), details: { linkId } };
    await this.#deps.audit.append(trx, actor, entry);
  }

  /** Uses up a link, and begins its session. Throws `PORTAL_LINK_INVALID`. */
  async use(token: string, requestId: string): Promise<PortalSession> {
    const { audit, clock, database, random, vault } = this.#deps;
    const secret = newSecret(random);
    const now = clock.now();
    const use = { sessionDigest: vault.digest(ofSession(secret)), now, expiresAt: now + sessionLifetime };
    const linkId = await database.write(async (trx) => {
      const link = await usePortalLink(trx, vault.digests(ofLink(token)), use);
      if (link === undefined || !isOpen(link, now)) throw new ApiError("PORTAL_LINK_INVALID");
      const actor = { name: portalActor(link.link_id), requestId };
      const details = { linkId: link.link_id };
      await audit.append(trx, actor, { action: "portal-link.used", ...ownerOf(link), details });
      return link.link_id;
    });
    return { linkId, cookie: this.#cookie(linkId).write(secret) };
  }

  /** The caller that a request of a portal has, by the cookie of this link; undefined without a session that has not ended. */
  async findCaller(linkId: string, headers: Headers): Promise<PortalCaller | undefined> {
    const id = canonicalGuid(linkId);
    const secret = id === undefined ? undefined : this.#cookie(id).read(headers);
    const link = id === undefined || secret === undefined ? undefined : await this.#find(id);
    if (link === undefined || secret === undefined || !isOpen(link, this.#deps.clock.now())) return undefined;
    return this.#deps.vault.digests(ofSession(secret)).includes(link.digest) ? callerOf(link) : undefined;
  }

  /** Two frames on one page have different links, so each has a cookie of its own. */
  #cookie(linkId: string): SecretCookie {
    const name = `latchkey_portal_${linkId}`;
    return new SecretCookie(this.#deps.publicUrl, { name, lifetime: sessionLifetime, inFrames: true });
  }
}

/** The caller of the pages of a portal. */
export type PortalCaller = Principal & Required<Pick<Principal, "portal">>;

const noScopes: ReadonlySet<string> = new Set();

function callerOf(link: PortalLinksTable): PortalCaller {
  const { link_id: linkId, origin } = link;
  return {
    name: portalActor(linkId),
    scopes: noScopes,
    ...ownerOf(link),
    portal: { linkId, origin, pages: JSON.parse(link.pages), theme: JSON.parse(link.theme) },
    expiresAt: link.expires_at,
  };
}

function isOpen(link: FoundPortalLink, now: number): boolean {
  const isAppOpen = link.app_id === null || (link.app_enabled === 1 && link.app_deleted_at === null);
  return link.used_at !== null && link.expires_at > now && isAppOpen && link.site_deleted_at === null;
}

/** The actor of changes by a portal, in the audit log. */
function portalActor(linkId: string): string {
  return `portal:${linkId}`;
}

function ownerOf({ app_id: appId, site_id: siteId }: PortalLinksTable): PortalOwner {
  return appId === null ? { siteId: siteId ?? "" } : { appId };
}

function newSecret(random: RandomBytes): string {
  return Buffer.from(random(32)).toString("base64url");
}

/** Separates the digests of tokens, of sessions and of keys. */
function ofLink(token: string): string {
  return `portal link ${token}`;
}

function ofSession(secret: string): string {
  return `portal session ${secret}`;
}
