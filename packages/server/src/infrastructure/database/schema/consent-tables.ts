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
