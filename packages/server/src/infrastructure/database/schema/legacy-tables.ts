// Tables of the legacy flow. A digest is as in `AppSecretsTable`.

export interface LegacyInstallTokensTable {
  digest: string;
  app_id: string;
  site_id: string;
  account_id: string;
  expires_at: number;
  used_at: number | null;
}

export interface LegacyCodesTable {
  digest: string;
  app_id: string;
  instance_id: string;
  /** The generation of the instance when the code was issued. */
  instance_gen: number;
  redirect_url: string;
  /** Challenge of PKCE with the method S256 (RFC 7636). */
  code_challenge: string | null;
  expires_at: number;
  used_at: number | null;
  /** The refresh token that the code produced; null when it produced none, or the token was revoked after a reuse. */
  refresh_token_id: string | null;
}

export interface LegacyRefreshTokensTable {
  refresh_token_id: string;
  digest: string;
  app_id: string;
  instance_id: string;
  app_gen: number;
  instance_gen: number;
  created_at: number;
}
