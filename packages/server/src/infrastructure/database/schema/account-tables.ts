// Tables of accounts and members. Times are epoch milliseconds, flags are 0 or 1.

export interface AccountsTable {
  account_id: string;
  email: string | null;
  name: string;
  /** A scrypt hash with its parameters. */
  password: string | null;
  is_developer: number;
  is_operator: number;
  disabled_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface AccountSessionsTable {
  session_id: string;
  account_id: string;
  /** HMAC-SHA256 of the secret in the cookie, hexadecimal. */
  digest: string;
  /** The generation of the platform at the sign-in. */
  gen: number;
  created_at: number;
  used_at: number;
  expires_at: number;
  ends_at: number;
}

export interface PasskeysTable {
  /** The credential id, in base64url. */
  passkey_id: string;
  account_id: string;
  name: string;
  /** COSE, in base64url. */
  public_key: string;
  counter: number;
  /** JSON: how the authenticator is reached. */
  transports: string;
  created_at: number;
  used_at: number | null;
}

export interface RolesTable {
  role: string;
  /** JSON: permission ids; null for all. */
  permissions: string | null;
  created_at: number;
  updated_at: number;
}

export interface SiteMembersTable {
  site_id: string;
  account_id: string;
  role: string;
  gen: number;
  created_at: number;
  updated_at: number;
  removed_at: number | null;
}
