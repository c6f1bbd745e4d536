import type { SitesTable } from "../../infrastructure/database/index.ts";

/** A tenant. */
export interface Site {
  readonly siteId: string;
  readonly name: string;
  /** The platform owner's own id of the site. */
  readonly externalId: string | null;
  /** ISO 639-1. */
  readonly locale: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly url: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type SiteField = "name" | "externalId" | "locale" | "currency" | "url";

/** Fields of a site that may change. */
export type SiteChanges = { readonly [Field in SiteField]?: Site[Field] | undefined };

export interface NewSite {
  readonly name: string;
  readonly externalId?: string | undefined;
  /** Default: `en`. */
  readonly locale?: string | undefined;
  /** Default: `USD`. */
  readonly currency?: string | undefined;
  readonly url?: string | undefined;
  /** Development only. Default: a new id. */
  readonly siteId?: string | undefined;
}

export function toSite(row: SitesTable): Site {
  return {
    siteId: row.site_id,
    name: row.name,
    externalId: row.external_id,
    locale: row.locale,
    currency: row.currency,
    url: row.url,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
