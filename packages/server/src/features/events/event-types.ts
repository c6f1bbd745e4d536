/** Event types that the platform publishes itself. The wire protocol defines most without the prefix `latchkey.`. */
export const eventTypes = [
  "AppInstalled",
  "AppRemoved",
  "AppGrantChanged",
  "AppApprovalPending",
  "latchkey.instance_suspended",
  "latchkey.instance_resumed",
  "latchkey.tokens_revoked",
  "latchkey.setup_completed",
  "latchkey.site_changed",
  "wix.app.installations.v1.app_installation_created",
  "wix.app.installations.v1.app_installation_updated",
  "AppInstallRequested",
  "AppInstallDeclined",
] as const;

export type EventType = (typeof eventTypes)[number];

/** Event types of an app's plan on a site (wire §4.5). Platform owners publish them. */
export const planEvents = [
  "PaidPlanPurchased",
  "PaidPlanChanged",
  "PaidPlanAutoRenewalCancelled",
  "PlanConvertedToPaid",
  "PlanReactivated",
  "PlanTransferred",
] as const;
