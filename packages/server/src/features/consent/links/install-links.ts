import { type Clock, minutes } from "../../../infrastructure/clock/index.ts";
import type { Vault } from "../../../infrastructure/crypto/index.ts";
import type {
  Ids,
  InstallLinksTable,
  Queries,
  RandomBytes,
  Write,
} from "../../../infrastructure/database/index.ts";
import { ApiError } from "../../../infrastructure/errors/index.ts";
import type { Actor } from "../../../infrastructure/management/index.ts";
import { readApp } from "../../apps/index.ts";
import type { AuditLog } from "../../audit/index.ts";
import { lockSiteShared } from "../../sites/index.ts";
import type { AppOnSite } from "../terms.ts";
import { countLinks, findLink, insertLink, useLink } from "./install-links.queries.ts";

/** Milliseconds in which a link can be used. */
export const linkLifetime: number = minutes(10);
/** The number of unexpired links that a site may have. */
const maxLinks = 1_000;

export interface LinkDependencies {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly publicUrl: string;
  readonly random: RandomBytes;
  readonly vault: Vault;
}

/** A link by which one person, whom the platform owner has signed in itself, installs an app on a site. */
export interface InstallLink extends AppOnSite {
  readonly linkId: string;
  /** What the person decided; null before that. */
  readonly outcome: InstallLinksTable["outcome"];
}

/** Links with which an app is installed once. Only digests of their tokens are stored. */
export class InstallLinks {
  readonly #deps: LinkDependencies;

  constructor(deps: LinkDependencies) {
    this.#deps = deps;
  }

  /** Throws `APP_NOT_FOUND`, `SITE_NOT_FOUND`, `APP_DISABLED`, `TOO_MANY_INSTALL_LINKS`. */
  async create(
    trx: Write,
    actor: Actor,
    { appId, siteId }: AppOnSite,
  ): Promise<{ url: string; expiresAt: number }> {
    const { audit, clock, ids, publicUrl, random, vault } = this.#deps;
    const app = await readApp(trx, appId);
    await lockSiteShared(trx, siteId);
    if (!app.enabled) throw new ApiError("APP_DISABLED");
    const now = clock.now();
    if ((await countLinks(trx, { siteId, now, limit: maxLinks })) === maxLinks) {
      throw new ApiError("TOO_MANY_INSTALL_LINKS");
    }
    const token = Buffer.from(random(32)).toString("base64url");
    const linkId = ids.guid();
    const expiresAt = now + linkLifetime;
    await insertLink(trx, {
      ...{ link_id: linkId, digest: vault.digest(token), app_id: appId, site_id: siteId },
      ...{ created_at: now, expires_at: expiresAt, outcome: null },
    });
    await audit.append(trx, actor, { action: "install-link.created", appId, siteId, details: { linkId } });
    return { url: `${publicUrl}/installer/link?token=${token}`, expiresAt };
  }

  /** Finds a link, even if it was used. Throws `INSTALL_LINK_INVALID` for an unknown or expired one. */
  async read(db: Queries, token: string | undefined): Promise<InstallLink> {
    const { clock, vault } = this.#deps;
    const row = token === undefined ? undefined : await findLink(db, vault.digests(token));
    if (row === undefined || row.expires_at <= clock.now()) throw new ApiError("INSTALL_LINK_INVALID");
    return { linkId: row.link_id, appId: row.app_id, siteId: row.site_id, outcome: row.outcome };
  }

  /** Uses up a link. Throws `INSTALL_LINK_INVALID` when it was used or has expired. */
  async use(trx: Write, { linkId }: InstallLink, outcome: "installed" | "canceled"): Promise<void> {
    const used = await useLink(trx, { linkId, outcome, now: this.#deps.clock.now() });
    if (!used) throw new ApiError("INSTALL_LINK_INVALID");
  }
}
