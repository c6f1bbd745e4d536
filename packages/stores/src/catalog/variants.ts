import { pricing } from "./pricing.ts";
import type { Choice, Discount, Product, ProductOption, Variant } from "./product.ts";

/** A product that is not stored yet. It gets its number when it is inserted. */
export type UnnumberedProduct = Omit<Product, "numericId">;

/** A product without its variants. */
export type WithoutVariants = Omit<UnnumberedProduct, "variants">;

/** Creates a variant for each combination of choices, or one for the whole product, with the values of the product. */
export function newVariants(product: WithoutVariants): Variant[] {
  const combinations = product.manageVariants ? combine(product.productOptions) : [[]];
  const { inStock, quantity, trackInventory } = product.stock;
  const stock = { trackQuantity: trackInventory, ...(quantity === undefined ? {} : { quantity }), inStock };
  return combinations.map((choices, index) => ({
    id: product.manageVariants ? variantId(product.id, index + 1) : variantId(zeroId, 0),
    choices: Object.fromEntries(choices.map(({ option, choice }) => [option, choice.description])),
    variant: {
      priceData: product.priceData,
      convertedPriceData: product.convertedPriceData,
      ...(product.costAndProfitData === undefined ? {} : { costAndProfitData: product.costAndProfitData }),
      weight: product.weight,
      sku: product.sku,
      visible: true,
      ...dimensionsOf(product),
    },
    stock: { ...stock, inStock: stock.inStock && choices.every(({ choice }) => choice.inStock) },
  }));
}

/**
 * Returns the variants of a changed product. Variants whose choices still exist keep their ids, their visibility and the
 * values that differ from the product; their prices change by the same amount as the price of the product.
 */
export function updatedVariants(before: UnnumberedProduct, after: WithoutVariants): Variant[] {
  const known = new Map(before.variants.map((variant) => [choicesKey(variant.choices), variant]));
  const fresh = newVariants(after);
  const kept = new Set(fresh.flatMap(({ choices }) => known.get(choicesKey(choices))?.id ?? []));
  let number = 0;
  const unusedId = (): string => {
    do number += 1;
    while (kept.has(variantId(after.id, number)));
    return variantId(after.id, number);
  };
  return fresh.map((variant) => {
    const old = known.get(choicesKey(variant.choices));
    if (old === undefined) return after.manageVariants ? { ...variant, id: unusedId() } : variant;
    return { ...variant, id: old.id, variant: updatedVariant(old.variant, { before, after }) };
  });
}

function updatedVariant(
  own: Variant["variant"],
  { before, after }: { before: UnnumberedProduct; after: WithoutVariants },
): Variant["variant"] {
  // A variant that had the value of the product gets its new value.
  const follow = <Value>(value: Value, was: Value, is: Value): Value =>
    JSON.stringify(value) === JSON.stringify(was) ? is : value;
  return withPrice(
    {
      ...own,
      weight: follow(own.weight, before.weight, after.weight),
      sku: follow(own.sku, before.sku, after.sku),
      ...dimensionsOf({
        productDimensions: follow(own.productDimensions, before.productDimensions, after.productDimensions),
        packageDimensions: follow(own.packageDimensions, before.packageDimensions, after.packageDimensions),
      }),
    },
    {
      price: movedPrice(own.priceData.price, before.priceData.price, after.priceData.price),
      itemCost: follow(
        own.costAndProfitData?.itemCost,
        before.costAndProfitData?.itemCost,
        after.costAndProfitData?.itemCost,
      ),
      discount: after.discount,
      currency: after.priceData.currency,
    },
  );
}

/** Keeps the difference to the price of the product, rounded to six places. */
function movedPrice(own: number, was: number, is: number): number {
  return own === was ? is : Number((own + is - was).toFixed(6));
}

/** Input of {@link withPrice}. */
export interface VariantPricing {
  readonly price: number;
  readonly itemCost: number | undefined;
  readonly discount: Discount;
  /** ISO 4217. */
  readonly currency: string;
}

/** Returns the variant with another price. */
export function withPrice(own: Variant["variant"], input: VariantPricing): Variant["variant"] {
  const { costAndProfitData: _, ...rest } = own;
  const { merchantData, priceData } = pricing(input, input.currency);
  const { costAndProfitData } = merchantData;
  return {
    ...rest,
    priceData,
    convertedPriceData: priceData,
    ...(costAndProfitData === undefined ? {} : { costAndProfitData }),
  };
}

type Dimensioned = Pick<Variant["variant"], "productDimensions" | "packageDimensions">;

function dimensionsOf({
  packageDimensions,
  productDimensions,
}: {
  [Name in keyof Dimensioned]: Dimensioned[Name] | undefined;
}): Dimensioned {
  return {
    ...(productDimensions === undefined ? {} : { productDimensions }),
    ...(packageDimensions === undefined ? {} : { packageDimensions }),
  };
}

/** A key of a set of choices, independent of the order of the options. */
export function choicesKey(choices: Variant["choices"]): string {
  return JSON.stringify(Object.entries(choices).sort(([one], [other]) => (one < other ? -1 : 1)));
}

interface Chosen {
  readonly option: string;
  readonly choice: Choice;
}

function combine(options: readonly ProductOption[]): Chosen[][] {
  return options.reduce<Chosen[][]>(
    (before, { name, choices }) =>
      before.flatMap((chosen) => choices.map((choice) => [...chosen, { option: name, choice }])),
    [[]],
  );
}

const zeroId = "00000000-0000-0000-0000-000000000000";

/** Variant ids are unique within a product. */
function variantId(productId: string, number: number): string {
  return `${productId.slice(0, 24)}${number.toString(16).padStart(12, "0")}`;
}
