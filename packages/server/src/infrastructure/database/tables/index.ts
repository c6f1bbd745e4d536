export type { AccountSessionsTable, AccountsTable, PasskeysTable } from "./account-tables.ts";
export type { InstallLinksTable, InstallRequestsTable } from "./consent-tables.ts";
export type {
  LegacyCodesTable,
  LegacyInstallTokensTable,
  LegacyRefreshTokensTable,
} from "./legacy-tables.ts";
export type {
  DeliveriesTable,
  DeliveryAttemptsTable,
  InstanceSequencesTable,
  WebhooksTable,
} from "./webhook-tables.ts";
