import type { WebhookPayloads } from "./payloads.ts";

/** A known type where the name is reserved for the platform, else any type. */
export type KnownEventType<Type extends string> = Type extends `latchkey.${string}`
  ? keyof WebhookPayloads
  : Type;

const types: Readonly<Record<keyof WebhookPayloads, null>> = {
  AppInstalled: null,
  AppRemoved: null,
  AppGrantChanged: null,
  AppApprovalPending: null,
  "latchkey.instance_suspended": null,
  "latchkey.instance_resumed": null,
  "latchkey.tokens_revoked": null,
  "latchkey.site_changed": null,
  "com.wix.ecommerce.catalog.api.v1.ProductCreated": null,
  "com.wix.ecommerce.catalog.api.v1.ProductChanged": null,
  "com.wix.ecommerce.catalog.api.v1.ProductDeleted": null,
  "com.wix.ecommerce.catalog.api.v1.VariantsChanged": null,
  "com.wix.ecommerce.catalog.api.v1.CollectionCreated": null,
  "com.wix.ecommerce.catalog.api.v1.CollectionChanged": null,
  "com.wix.ecommerce.catalog.api.v1.CollectionDeleted": null,
};

/** The built-in event types. */
export const knownEventTypes: readonly string[] = Object.keys(types);
