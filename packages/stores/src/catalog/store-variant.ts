import type { Product, Variant, VariantStock } from "./product.ts";

/** A variant of the query over all products, with fields of its product. */
export interface StoreVariant {
  /** Product id, a hyphen, variant id. */
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  /** The choices, or the name of a product without options. */
  readonly variantName: string;
  readonly productName: string;
  /** Whether the variant has values of its own. */
  readonly managedVariant: boolean;
  readonly sku: string;
  readonly stock: VariantStock;
  readonly choices: Variant["choices"];
  readonly collectionIds: readonly string[];
  readonly preorderInfo: { readonly enabled: boolean };
}

export function storeVariant(product: Product, { choices, id, stock, variant }: Variant): StoreVariant {
  const named = Object.values(choices).join(" | ");
  return {
    id: storeVariantId(product.id, id),
    variantId: id,
    productId: product.id,
    variantName: named === "" ? product.name : named,
    productName: product.name,
    managedVariant: product.manageVariants,
    sku: variant.sku,
    stock,
    choices,
    collectionIds: product.collectionIds,
    preorderInfo: { enabled: false },
  };
}

export function storeVariantId(productId: string, variantId: string): string {
  return `${productId}-${variantId}`;
}

const storeVariantIdPattern = /^([^.]{36})[-.]([^.]{36})$/;

/** Parses the id of a variant. The separator is a hyphen, or a dot as in older documentation. */
export function readStoreVariantId(id: string): { productId: string; variantId: string } {
  const [, productId = "", variantId = ""] = storeVariantIdPattern.exec(id) ?? [];
  return { productId, variantId: variantId.toLowerCase() };
}
