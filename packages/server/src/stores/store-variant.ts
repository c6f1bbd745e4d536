import type { Product, Variant } from "./product.ts";

/** A variant as one of the whole store: with what it takes from its product (*wire §8.1*). */
export interface StoreVariant {
  /** `<product id>.<variant id>`. */
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  readonly productName: string;
  /** The choices, in the order of the product's options; the product's name where there are none. */
  readonly variantName: string;
  /** False for a product that is sold as a whole. */
  readonly managedVariant: boolean;
  readonly sku: string;
  readonly stock: {
    readonly trackQuantity: boolean;
    readonly quantity?: number;
    readonly inStock: boolean;
  };
  readonly choices: Variant["choices"];
  readonly collectionIds: readonly string[];
  readonly preorderInfo: { readonly enabled: false };
}

/** The ids that a store variant's id is made of, with a dot or a hyphen between them. */
const storeVariantId = /^([0-9a-f-]{36})[.-]([0-9a-f-]{36})$/i;

/** Takes the id of a store variant apart; undefined when it is none. */
export function readStoreVariantId(id: string): { productId: string; variantId: string } | undefined {
  const [, productId, variantId] = storeVariantId.exec(id) ?? [];
  return productId === undefined || variantId === undefined
    ? undefined
    : { productId: productId.toLowerCase(), variantId: variantId.toLowerCase() };
}

/** A variant of a product as one of the store. */
export function storeVariant(product: Product, { choices, id, stock, variant }: Variant): StoreVariant {
  const names = product.productOptions.flatMap(({ name }) => choices[name] ?? []);
  return {
    id: `${product.id}.${id}`,
    variantId: id,
    productId: product.id,
    productName: product.name,
    variantName: names.length === 0 ? product.name : names.join(", ").slice(0, 80),
    managedVariant: product.manageVariants,
    sku: variant.sku,
    stock: {
      trackQuantity: stock.trackInventory,
      ...(stock.quantity === undefined ? {} : { quantity: stock.quantity }),
      inStock: stock.inStock,
    },
    choices,
    collectionIds: product.collectionIds,
    preorderInfo: { enabled: false },
  };
}
