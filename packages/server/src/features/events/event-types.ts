/** What the platform tells apps by itself: those of the wire by their names there, its own with a prefix. */
export const eventTypes = [
  "AppInstalled",
  "AppRemoved",
  "latchkey.instance_suspended",
  "latchkey.instance_resumed",
  "latchkey.grant_changed",
  "latchkey.tokens_revoked",
  "latchkey.site_changed",
] as const;

export type EventType = (typeof eventTypes)[number];

/** What platform owners tell of an app's plan on a site (wire §4.5): the platform itself sells nothing. */
export const planEvents = [
  "PaidPlanPurchased",
  "PaidPlanChanged",
  "PaidPlanAutoRenewalCancelled",
  "PlanConvertedToPaid",
  "PlanReactivated",
  "PlanTransferred",
] as const;
