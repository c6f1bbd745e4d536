import type { Product, Variant } from "./product.ts";

/**
 * A stored product, split into JSON texts by the permission that reading them requires. A response is joined from the
 * texts that its caller may read, without parsing them.
 */
export interface ProductDocument {
  /** The product without variants and merchant data. Ends with an empty list of variants. */
  readonly document: string;
  /** The variants without costs. */
  readonly variants: string;
  /** An object with `costAndProfitData` and `costRange`, if the product has costs. */
  readonly merchant_data: string;
  /** The variants with costs. Empty if no variant has costs. */
  readonly merchant_variants: string;
}

/** The columns that a query selected. */
export type SelectedDocument = Pick<ProductDocument, "document"> & Partial<ProductDocument>;

/** Parts of a product that a caller gets only on request. */
export interface ProductParts {
  readonly variants: boolean;
  /** Costs and profit. */
  readonly merchantData: boolean;
}

export const allParts: ProductParts = { variants: true, merchantData: true };

const noVariants = '"variants":[]}';

export function toDocument(product: Product): ProductDocument {
  const { costAndProfitData, costRange, variants, ...rest } = product;
  const hasCosts = variants.some(({ variant }) => variant.costAndProfitData !== undefined);
  return {
    document: JSON.stringify({ ...rest, variants: [] }),
    variants: JSON.stringify(hasCosts ? variants.map(withoutCosts) : variants),
    merchant_data: JSON.stringify({ costAndProfitData, costRange }),
    merchant_variants: hasCosts ? JSON.stringify(variants) : "",
  };
}

/** The columns that contain a product with these parts. */
export function documentColumns({ merchantData, variants }: ProductParts): (keyof ProductDocument)[] {
  const columns: (keyof ProductDocument)[] = ["document"];
  if (variants) columns.push("variants");
  if (merchantData) columns.push("merchant_data");
  if (variants && merchantData) columns.push("merchant_variants");
  return columns;
}

/** The JSON of a product with the parts that were selected. */
export function productJson({
  document,
  merchant_data,
  merchant_variants,
  variants,
}: SelectedDocument): string {
  if (variants === undefined && merchant_data === undefined) return document;
  const merchantMembers = merchant_data?.slice(1, -1);
  return [
    document.slice(0, -noVariants.length),
    merchantMembers && `${merchantMembers},`,
    `"variants":${merchant_variants || (variants ?? "[]")}}`,
  ].join("");
}

/** The product with the parts that were selected. */
export function parseProduct(row: SelectedDocument): Product {
  return JSON.parse(productJson(row));
}

function withoutCosts(one: Variant): Variant {
  const { costAndProfitData: _, ...variant } = one.variant;
  return { ...one, variant };
}
