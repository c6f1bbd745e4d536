import { isoTime } from "@latchkey/server";
import { pricing } from "./pricing.ts";
import type {
  Choice,
  Discount,
  InventoryStatus,
  Product,
  ProductOption,
  ProductType,
  Stock,
} from "./product.ts";
import { newVariants, type UnnumberedProduct, type WithoutVariants } from "./variants.ts";

export type { UnnumberedProduct } from "./variants.ts";

/** Input of {@link newProduct}; the other fields of a product are computed. */
export interface NewProduct {
  readonly name: string;
  /** In the currency of the site. */
  readonly price: number;
  /** Default: made from the name. */
  readonly slug?: string;
  /** HTML; default empty. */
  readonly description?: string;
  readonly sku?: string;
  /** In the unit of the site; default 0. */
  readonly weight?: number;
  /** Default true. */
  readonly visible?: boolean;
  /** Default `"physical"`. */
  readonly productType?: ProductType;
  readonly discount?: Discount;
  /** Pieces in stock. Default: inventory not tracked. */
  readonly quantity?: number;
  readonly options?: readonly NewOption[];
  /** Whether each combination of choices is a separate variant; default false. */
  readonly manageVariants?: boolean;
  readonly collectionIds?: readonly string[];
  readonly ribbon?: string;
  readonly brand?: string;
  /** Cost of one piece to the merchant. */
  readonly itemCost?: number;
  readonly infoSections?: readonly { readonly title: string; readonly description: string }[];
}

export interface NewOption {
  readonly name: string;
  /** Default `"drop_down"`. */
  readonly type?: ProductOption["optionType"];
  readonly choices: readonly NewChoice[];
}

export interface NewChoice {
  readonly description: string;
  /** A color; default: the description. */
  readonly value?: string;
  /** Default true. */
  readonly inStock?: boolean;
}

/** Values of a new product that are not input. */
export interface ProductContext {
  readonly productId: string;
  readonly site: { readonly currency: string; readonly url: string | null };
  /** Epoch milliseconds. */
  readonly now: number;
}

export function newProduct(input: NewProduct, context: ProductContext): UnnumberedProduct {
  const { merchantData, priceData } = pricing(input, context.site.currency);
  const options = (input.options ?? []).map(productOption);
  const stock = stockOf(input, options);
  const weight = input.weight ?? 0;
  const slug = input.slug ?? slugOf(input.name);
  const ribbon = input.ribbon ?? "";
  const product: WithoutVariants = {
    id: context.productId,
    name: input.name,
    slug,
    visible: input.visible ?? true,
    productType: input.productType ?? "physical",
    description: input.description ?? "",
    sku: input.sku ?? "",
    weight,
    weightRange: { minValue: weight, maxValue: weight },
    stock,
    price: priceData,
    priceData,
    convertedPriceData: priceData,
    priceRange: { minValue: input.price, maxValue: input.price },
    ...merchantData,
    additionalInfoSections: input.infoSections ?? [],
    ribbons: ribbon === "" ? [] : [{ text: ribbon }],
    ribbon,
    media: { items: [] },
    customTextFields: [],
    manageVariants: input.manageVariants ?? false,
    productOptions: options,
    productPageUrl: pageOf(slug, context.site),
    inventoryItemId: inventoryItemIdOf(context.productId),
    discount: input.discount ?? { type: "NONE", value: 0 },
    collectionIds: input.collectionIds ?? [],
    lastUpdated: isoTime(context.now),
    createdDate: isoTime(context.now),
    seoData: { tags: [] },
    ...(input.brand === undefined ? {} : { brand: input.brand }),
  };
  return { ...product, variants: newVariants(product) };
}

/** Address of the page of a product. */
export function pageOf(slug: string, site: ProductContext["site"]): Product["productPageUrl"] {
  return { base: site.url ?? "", path: `/product-page/${slug}` };
}

/** Copies a product to another site, under a new id. */
export function copiedProduct(product: Product, context: ProductContext): UnnumberedProduct {
  return {
    ...product,
    id: context.productId,
    inventoryItemId: inventoryItemIdOf(context.productId),
    productPageUrl: { ...product.productPageUrl, base: context.site.url ?? "" },
    lastUpdated: isoTime(context.now),
    createdDate: isoTime(context.now),
  };
}

function productOption({ name, type, choices }: NewOption): ProductOption {
  const choice = ({ description, inStock, value }: NewChoice): Choice => ({
    value: value ?? description,
    description,
    media: { items: [] },
    inStock: inStock ?? true,
    visible: true,
  });
  return { optionType: type ?? "drop_down", name, choices: choices.map(choice) };
}

function stockOf({ quantity }: NewProduct, options: readonly ProductOption[]): Stock {
  const inStock = quantity === undefined || quantity > 0;
  return {
    trackInventory: quantity !== undefined,
    ...(quantity === undefined ? {} : { quantity }),
    inStock,
    inventoryStatus: inventoryStatusOf(inStock, options),
  };
}

export function inventoryStatusOf(inStock: boolean, options: readonly ProductOption[]): InventoryStatus {
  if (!inStock) return "OUT_OF_STOCK";
  const missing = options.some((option) => option.choices.some((choice) => !choice.inStock));
  return missing ? "PARTIALLY_OUT_OF_STOCK" : "IN_STOCK";
}

/** Returns the inventory item id: the product id with each hexadecimal digit `d` replaced by `15 - d`. */
function inventoryItemIdOf(productId: string): string {
  return productId.replaceAll(/[0-9a-f]/g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));
}

/** Makes the slug of a name. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  return (plain.match(/[\p{Letter}\p{Number}]+/gu) ?? ["product"]).join("-");
}
