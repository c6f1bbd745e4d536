import { type Money, pricing } from "./pricing.ts";
import type { Choice, Discount, Product, ProductOption, Variant } from "./product.ts";

/** A product before it is stored: its number is given out then. */
export type UnnumberedProduct = Omit<Product, "numericId">;

/** A product whose variants are still to be made. */
export type WithoutVariants = Omit<UnnumberedProduct, "variants">;

/** One variant for each combination of choices, or one for the whole product: each with the product's own values. */
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
 * The variants of a product that was changed. Those whose choices it still has keep their ids, their visibility and
 * what they have of their own; their prices move along with the product's.
 */
export function followingVariants(before: UnnumberedProduct, after: WithoutVariants): Variant[] {
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
    return { ...variant, id: old.id, variant: following(old.variant, { before, after }) };
  });
}

function following(
  own: Variant["variant"],
  { before, after }: { before: UnnumberedProduct; after: WithoutVariants },
): Variant["variant"] {
  const follow = <Value>(value: Value, was: Value, is: Value): Value =>
    JSON.stringify(value) === JSON.stringify(was) ? is : value;
  return withMoney(
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
      price: moved(own.priceData.price, before.priceData.price, after.priceData.price),
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

/** Keeps the difference to the product's price, and no noise behind the sixth place. */
function moved(own: number, was: number, is: number): number {
  return own === was ? is : Number((own + is - was).toFixed(6));
}

/** What the computed fields of a variant's price are made of. */
export interface VariantMoney {
  readonly price: number;
  readonly itemCost: number | undefined;
  readonly discount: Discount;
  /** ISO 4217. */
  readonly currency: string;
}

/** A variant at another price. */
export function withMoney(own: Variant["variant"], asked: VariantMoney): Variant["variant"] {
  const { costAndProfitData: _, ...rest } = own;
  const money: Money = pricing(asked, asked.currency);
  const { costAndProfitData } = money.merchantData;
  return {
    ...rest,
    priceData: money.priceData,
    convertedPriceData: money.priceData,
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

/** Two sets of choices are the same whatever order their options came in. */
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

/** Variants are told apart within their product only. */
function variantId(productId: string, number: number): string {
  return `${productId.slice(0, 24)}${number.toString(16).padStart(12, "0")}`;
}
