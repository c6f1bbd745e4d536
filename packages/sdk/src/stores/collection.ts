import type { ProductMedia } from "./product.ts";

/** A collection of products in a site's shop. */
export interface Collection {
  readonly _id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly numberOfProducts: number;
  readonly description?: string;
  readonly media?: ProductMedia;
}

/** The fields of a collection that an app can set. */
export interface CollectionChange {
  readonly name?: string;
  readonly slug?: string;
  readonly visible?: boolean;
  readonly description?: string;
}

/** The fields of a new collection. */
export interface NewCollection extends CollectionChange {
  readonly name: string;
}

interface NamedFields {
  readonly _id: string;
  readonly name: string;
}

/** The fields that a collection query can use. */
export interface CollectionQueryFields {
  readonly equality: NamedFields;
  readonly order: NamedFields;
  readonly start: NamedFields;
  readonly text: Pick<NamedFields, "name">;
  readonly list: Record<never, never>;
  readonly sort: keyof NamedFields;
}
