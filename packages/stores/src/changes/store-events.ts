import type { ResourceEvent } from "@latchkey/server";
import type { StoredCollection } from "../catalog/collection.ts";
import type { Product, Variant } from "../catalog/product.ts";
import { type CatalogEvent, catalogPrefix } from "../event-types.ts";

// The payloads of V1 (wire §8.7). Apps on the site that may read products receive the events.

const originatedFromVersion = "V1_CATALOG";

export function productCreated(siteId: string, product: Product): ResourceEvent {
  const { brand, costAndProfitData } = product;
  return eventOf(siteId, "ProductCreated", {
    productId: product.id,
    name: product.name,
    price: product.priceData,
    visible: product.visible,
    media: product.media,
    sku: product.sku,
    productPageUrl: product.productPageUrl,
    ...(brand === undefined ? {} : { brand }),
    ...(costAndProfitData === undefined ? {} : { costAndProfitData }),
    slug: product.slug,
  });
}

export function productChanged(
  siteId: string,
  productId: string,
  changedFields: readonly string[],
): ResourceEvent {
  return eventOf(siteId, "ProductChanged", { productId, changedFields });
}

export function productDeleted(siteId: string, productId: string): ResourceEvent {
  return eventOf(siteId, "ProductDeleted", { productId });
}

/** A variant, and the names of its fields that changed. */
export interface ChangedVariant {
  readonly variant: Variant;
  readonly changedFields: readonly string[];
}

/** Most bytes of variants in one event. */
const maxVariantsBytes = 64 * 1_024;

/** The events of changed variants. Each has as many variants as fit. */
export function variantsChanged(
  siteId: string,
  productId: string,
  changed: readonly ChangedVariant[],
): ResourceEvent[] {
  const parts: object[][] = [];
  let free = 0;
  for (const { changedFields, variant } of changed) {
    const one = { variantId: variant.id, choices: variant.choices, changedFields };
    const bytes = Buffer.byteLength(JSON.stringify(one));
    if (bytes > free) {
      parts.push([]);
      free = maxVariantsBytes;
    }
    parts.at(-1)?.push(one);
    free -= bytes;
  }
  return parts.map((variants) => eventOf(siteId, "VariantsChanged", { productId, variants }));
}

export function collectionCreated(siteId: string, collection: StoredCollection): ResourceEvent {
  const { id, media, name, slug, visible } = collection;
  return eventOf(siteId, "CollectionCreated", { collection_Id: id, name, media, slug, visible });
}

export function collectionChanged(
  siteId: string,
  collectionId: string,
  changedFields: readonly string[],
): ResourceEvent {
  return eventOf(siteId, "CollectionChanged", { collection_Id: collectionId, changedFields });
}

export function collectionDeleted(siteId: string, collectionId: string): ResourceEvent {
  return eventOf(siteId, "CollectionDeleted", { collection_Id: collectionId });
}

function eventOf(
  siteId: string,
  name: CatalogEvent,
  payload: Readonly<Record<string, unknown>>,
): ResourceEvent {
  return { eventType: `${catalogPrefix}.${name}`, siteId, payload: { ...payload, originatedFromVersion } };
}
