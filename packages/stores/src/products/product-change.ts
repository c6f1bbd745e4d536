import { inventoryStatusOf, pageOf } from "../catalog/new-product.ts";
import { pricing } from "../catalog/pricing.ts";
import type { Discount, Product, ProductOption, Range, Variant } from "../catalog/product.ts";
import { type UnnumberedProduct, updatedVariants, type WithoutVariants } from "../catalog/variants.ts";
import { violation } from "../query/index.ts";
import { type ProductInput, priceOf } from "./product-input.ts";

/** Values of a changed product that are not input. */
export interface ChangeContext {
  readonly site: { readonly currency: string; readonly url: string | null };
}

/** The maximum number of variants with values of their own. */
export const maxManagedVariants = 300;

/**
 * Returns the product after a change, with its computed fields. Throws violations for a price that takes a variant
 * below 0, more than 300 managed variants, `manageVariants` set to false while there are options, and another product
 * type.
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
  const variants = updatedVariants(before, after);
  if (variants.some(({ variant }) => variant.priceData.price < 0)) {
    throw violation("product.priceData.price", ["MIN", 0], "takes the price of a variant below 0");
  }
  return withVariants({ ...before, ...after, productPageUrl: pageOf(after.slug, context.site) }, variants);
}

/** Returns the product with these variants, and with the fields that are computed from them. */
export function withVariants<Kind extends UnnumberedProduct>(
  product: Kind,
  variants: readonly Variant[],
): Kind {
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

/** The fields that a change sets without computing them. */
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
  const priceInput = {
    price: priceOf(input) ?? before.priceData.price,
    discount,
    itemCost: input.costAndProfitData?.itemCost ?? before.costAndProfitData?.itemCost,
    pricePerUnitData: input.pricePerUnitData ?? before.pricePerUnitData,
  };
  const { merchantData, priceData } = pricing(priceInput, site.currency);
  return { discount, price: priceData, priceData, convertedPriceData: priceData, ...merchantData };
}

function discountOf({ type, value }: NonNullable<ProductInput["discount"]>): Discount {
  return { type, value: type === "NONE" ? 0 : (value ?? 0) };
}

/** Existing choices keep their media, stock and visibility. */
function optionsOf(
  before: UnnumberedProduct,
  input: NonNullable<ProductInput["productOptions"]>,
): ProductOption[] {
  return input.map(({ choices, name, optionType }) => {
    const old = before.productOptions.find((option) => option.name === name);
    const requested = optionType === "unspecified_option_type" ? undefined : optionType;
    return {
      optionType: requested ?? old?.optionType ?? "drop_down",
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
  throw violation("product.productType", "FIELD_NOT_ALLOWED", `cannot be changed; it is ${productType}`);
}

function requireManageable(before: UnnumberedProduct, after: WithoutVariants): void {
  const field = "product.manageVariants";
  if (before.manageVariants && !after.manageVariants && after.productOptions.length > 0) {
    throw violation(field, "VALIDATION", "can become false only when there are no options");
  }
  const count = after.productOptions.reduce((product, { choices }) => product * choices.length, 1);
  if (after.manageVariants && count > maxManagedVariants) {
    throw violation(
      field,
      ["MAX_SIZE", maxManagedVariants],
      `can be true for at most ${maxManagedVariants} variants`,
    );
  }
}

const publishedFields = [
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

/** Returns the names of the fields that differ, as `ProductChanged` publishes them. */
export function changedFields(before: Product, after: Product): string[] {
  return publishedFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}
