/** Event types that the platform publishes itself. The wire protocol defines those without the prefix `latchkey.`. */
export const eventTypes = [
  "AppInstalled",
  "AppRemoved",
  "latchkey.instance_suspended",
  "latchkey.instance_resumed",
  "latchkey.grant_changed",
  "latchkey.tokens_revoked",
  "latchkey.setup_completed",
  "latchkey.site_changed",
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
