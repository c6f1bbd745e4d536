/** A link by which one person installs an app once. */
export interface InstallLinksTable {
  link_id: string;
  /** HMAC-SHA256 of the token, hexadecimal. */
  digest: string;
  app_id: string;
  site_id: string;
  created_at: number;
  expires_at: number;
  /** What the person decided; null before that. */
  outcome: "installed" | "canceled" | null;
}

/** A member asks the owners of a site to install an app. */
export interface InstallRequestsTable {
  request_id: string;
  app_id: string;
  site_id: string;
  account_id: string;
  /** JSON: where the member returns to after the decision. */
  return_to: string;
  state: "pending" | "approved" | "declined";
  /** The actor who decided; null before that. */
  decided_by: string | null;
  created_at: number;
  decided_at: number | null;
  expires_at: number;
}

/** A link that shows pages of an app or a site in a frame of another site; then its session. */
export interface PortalLinksTable {
  link_id: string;
  /** HMAC-SHA256 of the token, hexadecimal; of the secret of the session once the link is used. */
  digest: string;
  app_id: string | null;
  /** Exactly one of `app_id` and `site_id` is present. */
  site_id: string | null;
  /** JSON: names of pages. */
  pages: string;
  /** The origin that may show the pages. */
  origin: string;
  /** JSON. */
  theme: string;
  /** The actor who created the link. */
  created_by: string;
  created_at: number;
  used_at: number | null;
  /** Of the link; of the session once the link is used. */
  expires_at: number;
}
