import { ApiError } from "@latchkey/server";
import { z } from "zod";
import type { Dimensions, Product, Variant } from "../catalog/product.ts";
import { choicesKey, newVariants, withPrice } from "../catalog/variants.ts";
import { amount, boundedText, type ChangedVariant, idInput, readOnly } from "../changes/index.ts";
import { storesErrors } from "../errors.ts";
import { maxManagedVariants, withVariants } from "./product-change.ts";
import { dimensions } from "./product-input.ts";

// An empty object would change every variant, which is probably a mistake.
const choices = z.record(z.string(), z.string()).refine((value) => Object.keys(value).length > 0, {
  message: "must name at least one choice",
  params: { rule: "MIN_SIZE" },
});

const change = z
  .strictObject({
    choices: choices.nullish(),
    variantIds: z.array(idInput).max(1_000).nullish(),
    price: amount.nullish(),
    cost: amount.nullish(),
    weight: amount.nullish(),
    sku: boundedText(40).nullish(),
    visible: z.boolean().nullish(),
    productDimensions: dimensions.nullish(),
    packageDimensions: dimensions.nullish(),
  })
  .refine(
    ({ choices, variantIds }) => (choices == null) !== (variantIds == null || variantIds.length === 0),
    {
      message: "must have either choices or variantIds",
      params: { rule: "REQUIRED_ONE_OF_FIELD" },
    },
  );

/** Body of the request that changes variants. */
export const variantChangesBody: z.ZodObject<{
  id: typeof readOnly;
  variants: z.ZodType<readonly VariantChange[]>;
}> = z.strictObject({ id: readOnly, variants: z.array(change).min(1).max(maxManagedVariants) });

/** A change of the variants that have all of `choices`, or one of `variantIds`. */
export interface VariantChange {
  readonly choices?: Readonly<Record<string, string>> | null | undefined;
  readonly variantIds?: readonly string[] | null | undefined;
  readonly price?: number | null | undefined;
  readonly cost?: number | null | undefined;
  readonly weight?: number | null | undefined;
  readonly sku?: string | null | undefined;
  readonly visible?: boolean | null | undefined;
  readonly productDimensions?: Dimensions | null | undefined;
  readonly packageDimensions?: Dimensions | null | undefined;
}

/**
 * Returns the product with changed variants. A later change overrides an earlier one. Throws `VARIANTS_NOT_MANAGED`,
 * and `VARIANT_NOT_FOUND` for a change without a matching variant.
 */
export function withChangedVariants(product: Product, changes: readonly VariantChange[]): Product {
  if (!product.manageVariants) throw new ApiError(storesErrors.VARIANTS_NOT_MANAGED);
  const selections = changes.map((change) => ({ change: withoutNulls(change), selects: selectorOf(change) }));
  const used = new Set<VariantChange>();
  const variants = product.variants.map((variant) => {
    const own = selections.flatMap(({ change, selects }) => (selects(variant) ? [change] : []));
    if (own.length === 0) return variant;
    for (const change of own) used.add(change);
    return { ...variant, variant: changed(variant.variant, Object.assign({}, ...own), product) };
  });
  if (selections.some(({ change }) => !used.has(change))) throw new ApiError(storesErrors.VARIANT_NOT_FOUND);
  return withVariants(product, variants);
}

/** Resets the variants to the values of the product. They keep their ids. */
export function withResetVariants(product: Product): Product {
  const ids = new Map(product.variants.map(({ choices, id }) => [choicesKey(choices), id]));
  const variants = newVariants(product).map((variant) => ({
    ...variant,
    id: ids.get(choicesKey(variant.choices)) ?? variant.id,
  }));
  return withVariants(product, variants);
}

/** Returns the variants that differ, with the names of their changed fields. */
export function changedVariants(before: readonly Variant[], after: readonly Variant[]): ChangedVariant[] {
  const known = new Map(before.map((variant) => [variant.id, variant]));
  return after.flatMap((variant) => {
    const old = known.get(variant.id);
    const changedFields = old === undefined ? ["choices"] : differences(old.variant, variant.variant);
    return changedFields.length === 0 ? [] : [{ variant, changedFields }];
  });
}

/** Returns whether a change applies to a variant. */
function selectorOf({ choices, variantIds }: VariantChange): (variant: Variant) => boolean {
  if (choices == null) {
    const wanted = new Set((variantIds ?? []).map((id) => id.toLowerCase()));
    return ({ id }) => wanted.has(id);
  }
  const wanted = Object.entries(choices);
  return (variant) =>
    wanted.every(
      ([option, choice]) => Object.hasOwn(variant.choices, option) && variant.choices[option] === choice,
    );
}

/** A null keeps the value. */
function withoutNulls(change: VariantChange): VariantChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value != null));
}

function changed(own: Variant["variant"], change: VariantChange, product: Product): Variant["variant"] {
  const { packageDimensions, productDimensions } = change;
  return withPrice(
    {
      ...own,
      weight: change.weight ?? own.weight,
      sku: change.sku ?? own.sku,
      visible: change.visible ?? own.visible,
      ...(productDimensions == null ? {} : { productDimensions }),
      ...(packageDimensions == null ? {} : { packageDimensions }),
    },
    {
      price: change.price ?? own.priceData.price,
      itemCost: change.cost ?? own.costAndProfitData?.itemCost,
      discount: product.discount,
      currency: product.priceData.currency,
    },
  );
}

/** Returns the names of the fields that differ, as a change writes them. */
function differences(before: Variant["variant"], after: Variant["variant"]): string[] {
  const values = (variant: Variant["variant"]): Record<string, unknown> => ({
    price: variant.priceData,
    cost: variant.costAndProfitData?.itemCost,
    weight: variant.weight,
    sku: variant.sku,
    visible: variant.visible,
    productDimensions: variant.productDimensions,
    packageDimensions: variant.packageDimensions,
  });
  const [one, other] = [values(before), values(after)];
  return Object.keys(one).filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}
