import type { SitesTable } from "../../infrastructure/database/index.ts";

/** A tenant. */
export interface Site {
  readonly siteId: string;
  readonly name: string;
  /** The platform owner's own id of it. */
  readonly externalId: string | null;
  /** Two letters. */
  readonly locale: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly url: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
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
