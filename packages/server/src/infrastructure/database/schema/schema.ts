import type {
  AccountSessionsTable,
  AccountsTable,
  PasskeysTable,
  RolesTable,
  SiteMembersTable,
} from "./account-tables.ts";
import type { InstallLinksTable, InstallRequestsTable, PortalLinksTable } from "./consent-tables.ts";
import type { JobsTable } from "./job-table.ts";
import type {
  LegacyCodesTable,
  LegacyInstallTokensTable,
  LegacyRefreshTokensTable,
} from "./legacy-tables.ts";
import type {
  BackfillsTable,
  DeliveriesTable,
  DeliveryAttemptsTable,
  EventsTable,
  EventTypesTable,
  InstanceSequencesTable,
  WebhooksTable,
} from "./webhook-tables.ts";

/**
 * The tables of `migrations/*.sql`. Times are epoch milliseconds, flags are 0 or 1. `docs/reference/storage.md` describes
 * each table.
 */
export interface Schema {
  platform: PlatformTable;
  signing_keys: SigningKeysTable;
  permissions: PermissionsTable;
  scopes: { scope_id: string; name: string; resource: string | null; created_at: number };
  scope_permissions: { scope_id: string; permission_id: string };
  resources: { identifier: string; name: string; created_at: number };
  apps: AppsTable;
  app_keys: AppKeysTable;
  app_secrets: AppSecretsTable;
  sites: SitesTable;
  site_work: SiteWorkTable;
  instances: InstancesTable;
  approvals: ApprovalsTable;
  scope_changes: { app_id: string; position: string; updated_at: number };
  pre_approvals: PreApprovalsTable;
  last_uses: { id: string; used_at: number; app_id: string | null; uses: number };
  revoked_tokens: { jti: string; expires_at: number };
  legacy_install_tokens: LegacyInstallTokensTable;
  legacy_codes: LegacyCodesTable;
  legacy_refresh_tokens: LegacyRefreshTokensTable;
  token_log: TokenLogTable;
  counts: CountsTable;
  retention: { kind: string; days: number };
  events: EventsTable;
  event_usage: { app_id: string; day: number; part: number; bytes: number };
  event_types: EventTypesTable;
  webhooks: WebhooksTable;
  instance_sequences: InstanceSequencesTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  backfills: BackfillsTable;
  jobs: JobsTable;
  entity_sequences: { site_id: string; entity_fqdn: string; entity_id: string; last_sequence: number };
  extensions: ExtensionsTable;
  service_plugin_types: ServicePluginTypesTable;
  service_plugin_calls: ServicePluginCallsTable;
  roles: RolesTable;
  site_members: SiteMembersTable;
  accounts: AccountsTable;
  account_sessions: AccountSessionsTable;
  passkeys: PasskeysTable;
  account_identities: { issuer: string; subject: string; account_id: string; created_at: number };
  used_challenges: { challenge: string; expires_at: number };
  app_developers: { app_id: string; account_id: string; created_at: number };
  audit: AuditTable;
  api_keys: ApiKeysTable;
  idempotency_keys: IdempotencyKeysTable;
  install_links: InstallLinksTable;
  install_requests: InstallRequestsTable;
  portal_links: PortalLinksTable;
}

export interface PlatformTable {
  id: number;
  platform_id: string;
  gen: number;
  security_changes: number;
  key_check: string;
  created_at: number;
}

export interface SigningKeysTable {
  kid: string;
  /** JSON: the public JWK. */
  public_jwk: string;
  /** Sealed PKCS#8 PEM. */
  sealed_private_key: string;
  announced_at: number;
  active_at: number;
  retired_at: number | null;
  removed_at: number | null;
}

export interface AppsTable {
  app_id: string;
  name: string;
  gen: number;
  /** JSON: the scopes that the app requests, each with `scopeId`, `optional` and `reason`. */
  scopes: string;
  /** JSON: `appUrl` and `redirectUrls`; null for an app without the legacy flow. */
  legacy: string | null;
  /** JSON list; null for none. */
  post_installation_urls: string | null;
  enabled: number;
  token_format: string;
  /** Seconds. */
  token_lifetime: number;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

export interface AppKeysTable {
  kid: string;
  app_id: string;
  public_key: string;
  sealed_private_key: string;
  created_at: number;
}

export interface AppSecretsTable {
  secret_id: string;
  app_id: string;
  name: string;
  /** HMAC-SHA256 of the secret, hexadecimal. Its key is derived from the master key, for digests only. */
  digest: string;
  /** The first 12 characters of the secret. */
  prefix: string;
  sealed: string;
  is_primary: number;
  created_at: number;
  expires_at: number | null;
  compromised_at: number | null;
  deleted_at: number | null;
}

export interface SitesTable {
  site_id: string;
  name: string;
  external_id: string | null;
  locale: string;
  currency: string;
  url: string | null;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

export interface SiteWorkTable {
  site_id: string;
  kind: "copying" | "installing" | "deleting";
  from_site_id: string | null;
  actor: string;
  request_id: string;
  updated_at: number;
}

export interface InstancesTable {
  instance_id: string;
  app_id: string;
  site_id: string;
  state: "installed" | "suspended" | "removed";
  gen: number;
  /** JSON: the scope ids that the owner approved. */
  granted_scopes: string;
  /** JSON: the optional scope ids that the owner was offered and did not approve; null for none. */
  declined_scopes: string | null;
  /** JSON: the granted scope ids that the platform approved for all sites; null for none. */
  pre_approved_scopes: string | null;
  origin_instance_id: string | null;
  /** When the app reported that its setup is complete; null until then, and after a reinstall. */
  setup_completed_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface ApprovalsTable {
  instance_id: string;
  app_id: string;
  site_id: string;
  /** JSON: the scope ids that the owner has to decide about. */
  added_scopes: string;
  created_at: number;
}

export interface PreApprovalsTable {
  app_id: string;
  scope_id: string;
  created_at: number;
}

/** Upper bounds of the durations that `counts` distinguishes, in milliseconds, each with a column. */
export type DurationBound = 5 | 25 | 100 | 250 | 500 | 1_000 | 2_500 | 5_000 | 10_000;

export interface CountsTable extends Record<`ms_${DurationBound}`, number> {
  app_id: string;
  metric: string;
  step: "minute" | "hour";
  at: number;
  outcome: string;
  requests: number;
  duration_ms: number;
}

export interface TokenLogTable {
  entry_id: string;
  app_id: string;
  /** Start of the hour, in epoch milliseconds. */
  hour: number;
  /** Empty for a request without an instance. */
  instance_id: string;
  /** Method and path, such as `POST /oauth2/token`. Empty for requests of several routes. */
  route: string;
  reason: string;
  kind: RefusedCredential;
  requests: number;
  first_at: number;
  last_at: number;
  first_request_id: string;
  last_request_id: string;
}

/** The credential of a refused request: App ID and App secret, an access token, or an API key. */
export type RefusedCredential = "client" | "access-token" | "api-key";

export interface PermissionsTable {
  permission_id: string;
  description: string;
  /** The resource that declares it; null for the platform and the management API. */
  resource: string | null;
  created_at: number;
}

export interface ExtensionsTable {
  extension_id: string;
  app_id: string;
  kind: "IFRAME_PAGE" | "EXTERNAL_PAGE" | "SERVICE_PLUGIN";
  /** The URL of a page, or the base URL of a service plugin. */
  url: string;
  /** Null for a page. */
  component_type: string | null;
  created_at: number;
  updated_at: number;
}

export interface ServicePluginTypesTable {
  component_type: string;
  /** JSON: name, path, timeout and schemas of each method. */
  methods: string;
  created_at: number;
  updated_at: number;
}

/** One call of one app. */
export interface ServicePluginCallsTable {
  call_id: string;
  request_id: string;
  app_id: string;
  instance_id: string;
  site_id: string;
  component_type: string;
  method: string;
  outcome: string;
  /** Status of the response, if any. */
  status: number | null;
  detail: string | null;
  started_at: number;
  duration_ms: number;
}

export interface AuditTable {
  entry_id: string;
  actor: string;
  action: string;
  app_id: string | null;
  site_id: string | null;
  instance_id: string | null;
  /** JSON. */
  details: string;
  request_id: string;
  occurred_at: number;
}

export interface ApiKeysTable {
  key_id: string;
  name: string;
  digest: string;
  /** JSON: scopes of the management API. */
  scopes: string;
  app_id: string | null;
  created_at: number;
  expires_at: number | null;
  deleted_at: number | null;
  /** Identifier of the only resource whose tokens the key may check. */
  resource: string | null;
  /** `admin` or `key:<keyId>`. */
  created_by: string;
}

export interface IdempotencyKeysTable {
  principal: string;
  idempotency_key: string;
  request_digest: string;
  status: number;
  sealed_body: string;
  created_at: number;
}
