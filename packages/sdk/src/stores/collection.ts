import type { ProductMedia } from "./product.ts";

/** A group of products of a site's shop. */
export interface Collection {
  readonly _id: string;
  readonly name: string;
  readonly slug: string;
  readonly visible: boolean;
  readonly numberOfProducts: number;
  readonly description?: string;
  readonly media?: ProductMedia;
}

/** What of a collection an app can set. */
export interface CollectionChange {
  readonly name?: string;
  readonly slug?: string;
  readonly visible?: boolean;
  readonly description?: string;
}

/** What a collection is made from. */
export interface NewCollection extends CollectionChange {
  readonly name: string;
}

interface NamedFields {
  readonly _id: string;
  readonly name: string;
}

/** What a query for collections may name. */
export interface CollectionQueryFields {
  readonly equality: NamedFields;
  readonly order: NamedFields;
  readonly start: NamedFields;
  readonly text: Pick<NamedFields, "name">;
  readonly list: Record<never, never>;
  readonly sort: keyof NamedFields;
}
