/** Event types that the platform publishes itself. Those without the prefix `latchkey.` are defined by the wire. */
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

/** Prefix of the event types of stores (wire §8.7). */
export const catalogPrefix = "com.wix.ecommerce.catalog.api.v1";

/** Event types of stores, without the prefix; names of catalog V1. */
export const catalogEvents = [
  "ProductCreated",
  "ProductChanged",
  "ProductDeleted",
  "VariantsChanged",
  "CollectionCreated",
  "CollectionChanged",
  "CollectionDeleted",
] as const;

export type CatalogEvent = (typeof catalogEvents)[number];

/** Event types of an app's plan on a site (wire §4.5). Platform owners publish them. */
export const planEvents = [
  "PaidPlanPurchased",
  "PaidPlanChanged",
  "PaidPlanAutoRenewalCancelled",
  "PlanConvertedToPaid",
  "PlanReactivated",
  "PlanTransferred",
] as const;
