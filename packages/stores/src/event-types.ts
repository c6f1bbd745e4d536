import type { ResourceEventType } from "@latchkey/server";
import { readPermission } from "./permissions.ts";

/** Prefix of the event types of Stores (*wire §8.7*). */
export const catalogPrefix = "com.wix.ecommerce.catalog.api.v1";

const id = "00000000-0000-4000-8000-0000000000e9";
const sampleVersion = { originatedFromVersion: "V1_CATALOG" };

/** The events of a store, by their names in V1. */
export type CatalogEvent =
  | "ProductCreated"
  | "ProductChanged"
  | "ProductDeleted"
  | "VariantsChanged"
  | "CollectionCreated"
  | "CollectionChanged"
  | "CollectionDeleted";

/** Payloads of test deliveries. */
const samples: Readonly<Record<CatalogEvent, ResourceEventType["sample"]>> = {
  ProductCreated: {
    productId: id,
    name: "A test",
    price: { currency: "USD", price: 1, discountedPrice: 1 },
    visible: true,
    slug: "a-test",
    ...sampleVersion,
  },
  ProductChanged: { productId: id, changedFields: ["name"], ...sampleVersion },
  ProductDeleted: { productId: id, ...sampleVersion },
  VariantsChanged: {
    productId: id,
    variants: [{ variantId: id, choices: { Size: "M" }, changedFields: ["price"] }],
    ...sampleVersion,
  },
  CollectionCreated: { collection_Id: id, name: "A test", slug: "a-test", visible: true, ...sampleVersion },
  CollectionChanged: { collection_Id: id, changedFields: ["name"], ...sampleVersion },
  CollectionDeleted: { collection_Id: id, ...sampleVersion },
};

export const eventTypes: readonly ResourceEventType[] = Object.entries(samples).map(([name, sample]) => ({
  eventType: `${catalogPrefix}.${name}`,
  description: `${name.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`)} in a store`,
  permissionId: readPermission,
  sample,
}));
