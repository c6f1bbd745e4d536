import type { Product, Variant, VariantStock } from "./product.ts";

/** A variant as the wire sends it by itself, with what it takes from its product. */
export interface StoreVariant {
  /** Ids of product and variant. */
  readonly id: string;
  readonly variantId: string;
  readonly productId: string;
  /** Its choices, or the name of a product that has no others. */
  readonly variantName: string;
  readonly productName: string;
  /** Whether it has values of its own. */
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

const form = /^([^.]{36})[-.]([^.]{36})$/;

/** The ids in that of a store's variant: the reference writes a hyphen between them, and elsewhere a dot. */
export function readStoreVariantId(id: string): { productId: string; variantId: string } {
  const [, productId = "", variantId = ""] = form.exec(id) ?? [];
  return { productId, variantId: variantId.toLowerCase() };
}
