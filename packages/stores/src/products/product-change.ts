import { inventoryStatusOf, pageOf } from "../catalog/new-product.ts";
import { pricing } from "../catalog/pricing.ts";
import type { Discount, Product, ProductOption, Range, Variant } from "../catalog/product.ts";
import { followingVariants, type UnnumberedProduct, type WithoutVariants } from "../catalog/variants.ts";
import { violation } from "../query/index.ts";
import { type ProductInput, priceOf } from "./product-input.ts";

/** What a changed product takes from around it. */
export interface ChangeContext {
  readonly site: { readonly currency: string; readonly url: string | null };
}

/** As documented: how many variants of one product can have values of their own. */
export const maxManagedVariants = 300;

/**
 * The product as it is after a change, computed anew wherever the change reaches.
 *
 * Throws violations for what the product as a whole does not allow: a price that takes a variant below 0, more than
 * 300 managed variants, variants that are to be managed no more though there are options, another type.
 */
export function changedProduct<Before extends UnnumberedProduct>(
  before: Before,
  input: ProductInput,
  context: ChangeContext,
): Before {
  requireSameType(before, input);
  const { variants: _, ...plain }: UnnumberedProduct = { ...before, ...plainFields(before, input) };
  const productOptions = input.productOptions
    ? optionsOf(before, input.productOptions)
    : plain.productOptions;
  const stock = {
    ...plain.stock,
    inventoryStatus: inventoryStatusOf(plain.stock.inStock, productOptions),
  };
  const after = { ...plain, ...moneyFields(before, input, context), productOptions, stock };
  requireManageable(before, after);
  const variants = followingVariants(before, after);
  if (variants.some(({ variant }) => variant.priceData.price < 0)) {
    throw violation(
      "product.priceData.price",
      { violatedRule: "MIN", data: { threshold: 0 } },
      "takes the price of a variant below 0",
    );
  }
  return withVariants({ ...before, ...after, productPageUrl: pageOf(after.slug, context.site) }, variants);
}

/** The product with these variants, and with what it tells of them as a whole. */
export function withVariants<Made extends UnnumberedProduct>(
  product: Made,
  variants: readonly Variant[],
): Made {
  const costs = variants.flatMap(({ variant }) => variant.costAndProfitData?.itemCost ?? []);
  return {
    ...product,
    variants,
    priceRange: rangeOf(variants.map(({ variant }) => variant.priceData.price)),
    weightRange: rangeOf(variants.map(({ variant }) => variant.weight)),
    ...(costs.length === 0 ? {} : { costRange: rangeOf(costs) }),
    productOptions: product.productOptions.map((option) => ({
      ...option,
      choices: option.choices.map((choice) => ({
        ...choice,
        visible:
          !product.manageVariants ||
          variants.some(
            ({ choices, variant }) => choices[option.name] === choice.description && variant.visible,
          ),
      })),
    })),
  };
}

/** The fields that a change sets as they are. */
function plainFields(before: UnnumberedProduct, input: ProductInput): Partial<UnnumberedProduct> {
  const ribbon = input.ribbon ?? before.ribbon;
  const { brand, packageDimensions, pricePerUnitData, productDimensions, seoData } = input;
  return {
    name: input.name ?? before.name,
    slug: input.slug ?? before.slug,
    visible: input.visible ?? before.visible,
    description: input.description ?? before.description,
    sku: input.sku ?? before.sku,
    weight: input.weight ?? before.weight,
    ribbon,
    ribbons: ribbon === "" ? [] : [{ text: ribbon }],
    additionalInfoSections: input.additionalInfoSections ?? before.additionalInfoSections,
    manageVariants: input.manageVariants ?? before.manageVariants,
    ...(brand == null ? {} : { brand }),
    ...(productDimensions == null ? {} : { productDimensions }),
    ...(packageDimensions == null ? {} : { packageDimensions }),
    ...(pricePerUnitData == null ? {} : { pricePerUnitData }),
    ...(seoData == null
      ? {}
      : {
          seoData: {
            tags: seoData.tags ?? before.seoData.tags,
            ...(seoData.settings == null ? {} : { settings: seoData.settings }),
          },
        }),
  };
}

function moneyFields(before: UnnumberedProduct, input: ProductInput, { site }: ChangeContext) {
  const discount = input.discount ? discountOf(input.discount) : before.discount;
  const asked = {
    price: priceOf(input) ?? before.priceData.price,
    discount,
    itemCost: input.costAndProfitData?.itemCost ?? before.costAndProfitData?.itemCost,
    pricePerUnitData: input.pricePerUnitData ?? before.pricePerUnitData,
  };
  const { merchantData, priceData } = pricing(asked, site.currency);
  return { discount, price: priceData, priceData, convertedPriceData: priceData, ...merchantData };
}

function discountOf({ type, value }: NonNullable<ProductInput["discount"]>): Discount {
  return { type, value: type === "NONE" ? 0 : (value ?? 0) };
}

/** Choices that stay keep what the platform knows of them. */
function optionsOf(
  before: UnnumberedProduct,
  input: NonNullable<ProductInput["productOptions"]>,
): ProductOption[] {
  return input.map(({ choices, name, optionType }) => {
    const old = before.productOptions.find((option) => option.name === name);
    const asked = optionType === "unspecified_option_type" ? undefined : optionType;
    return {
      optionType: asked ?? old?.optionType ?? "drop_down",
      name,
      choices: choices.map((choice) => {
        const kept = old?.choices.find(({ description }) => description === choice.description);
        return {
          ...choice,
          media: kept?.media ?? { items: [] },
          inStock: kept?.inStock ?? true,
          visible: kept?.visible ?? true,
        };
      }),
    };
  });
}

function rangeOf(values: readonly number[]): Range {
  return { minValue: Math.min(...values), maxValue: Math.max(...values) };
}

function requireSameType({ productType }: UnnumberedProduct, input: ProductInput): void {
  if (input.productType == null || input.productType === productType) return;
  throw violation(
    "product.productType",
    { violatedRule: "FIELD_NOT_ALLOWED" },
    `cannot be changed; it is ${productType}`,
  );
}

function requireManageable(before: UnnumberedProduct, after: WithoutVariants): void {
  const field = "product.manageVariants";
  if (before.manageVariants && !after.manageVariants && after.productOptions.length > 0) {
    throw violation(field, { violatedRule: "VALIDATION" }, "can become false only when there are no options");
  }
  const count = after.productOptions.reduce((product, { choices }) => product * choices.length, 1);
  if (after.manageVariants && count > maxManagedVariants) {
    throw violation(
      field,
      { violatedRule: "MAX_SIZE", data: { threshold: maxManagedVariants } },
      `can be true for at most ${maxManagedVariants} variants`,
    );
  }
}

const toldFields = [
  "name",
  "slug",
  "visible",
  "description",
  "sku",
  "weight",
  "productDimensions",
  "packageDimensions",
  "priceData",
  "costAndProfitData",
  "pricePerUnitData",
  "additionalInfoSections",
  "ribbon",
  "media",
  "manageVariants",
  "productOptions",
  "discount",
  "collectionIds",
  "seoData",
  "brand",
] as const satisfies readonly (keyof Product)[];

/** The fields in which two states of a product differ, by the names they have on the wire. */
export function changedFields(before: Product, after: Product): string[] {
  return toldFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}
