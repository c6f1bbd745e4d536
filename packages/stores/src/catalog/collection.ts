import { slugOf } from "./new-product.ts";
import { allProductsCollectionId, type Media } from "./product.ts";

/** A collection in a response of the Stores API. */
export interface Collection extends StoredCollection {
  /** Includes hidden products. */
  readonly numberOfProducts: number;
}

/** A collection as it is stored. Its products are counted when it is read. */
export interface StoredCollection {
  readonly id: string;
  readonly name: string;
  readonly media: Media;
  readonly description: string;
  readonly slug: string;
  readonly visible: boolean;
}

/** A new collection: visible, with a slug made from its name. */
export function newCollection(id: string, name: string): StoredCollection {
  return { id, name, media: { items: [] }, description: "", slug: slugOf(name), visible: true };
}

/** The collection of all products, which every store has. */
export const allProducts: StoredCollection = newCollection(allProductsCollectionId, "All Products");
