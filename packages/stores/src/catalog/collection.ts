import { slugOf } from "./new-product.ts";
import { allProductsCollectionId, type Media } from "./product.ts";

/** A collection as the Stores API sends it. */
export interface Collection extends StoredCollection {
  /** Hidden ones too. */
  readonly numberOfProducts: number;
}

/** A collection as it is stored: how many products it has is counted when it is read. */
export interface StoredCollection {
  readonly id: string;
  readonly name: string;
  readonly media: Media;
  /** Empty when it has none. */
  readonly description: string;
  readonly slug: string;
  readonly visible: boolean;
}

/** A collection as it begins: visible, with a slug made from its name. */
export function newCollection(id: string, name: string): StoredCollection {
  return { id, name, media: { items: [] }, description: "", slug: slugOf(name), visible: true };
}

/** The collection that every store has and every product is in. */
export const allProducts: StoredCollection = newCollection(allProductsCollectionId, "All Products");
