import { type AccessTokenCall, jsonResponse, schemaOf } from "@latchkey/server";
import { z } from "zod";
import type { Media, PriceData, Product, ProductOption, Variant } from "../catalog/product.ts";
import { readOnly } from "../changes/index.ts";
import { readInput } from "../products/product-endpoints.ts";
import { media, priceData, productOption } from "../products/product-schema.ts";
import { readProduct } from "../products.queries.ts";
import { requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";

/** Body of the request for available choices. */
export const optionsAvailabilityBody: z.ZodObject<{
  id: typeof readOnly;
  options: z.ZodType<Readonly<Record<string, string>>>;
}> = z.strictObject({ id: readOnly, options: z.record(z.string(), z.string()).default({}) });

/** The available choices, and the variant when every option has a choice. */
export const optionsAvailability: z.ZodType<OptionsAvailability> = schemaOf<OptionsAvailability>(
  {
    selectedVariant: schemaOf<SelectedVariant>({
      price: priceData,
      convertedPriceData: priceData,
      weight: z.number(),
      sku: z.string(),
      quantity: z.number().optional().meta({ description: "Present when stock is counted" }),
      inStock: z.boolean(),
      visible: z.boolean(),
    })
      .optional()
      .meta({ description: "Absent until every option has a choice" }),
    media,
    productOptions: z.array(productOption),
    availableForPurchase: z.boolean(),
  },
  { id: "OptionsAvailability" },
);

/** The choice of some options, by the name of the option. */
type Chosen = ReadonlyMap<string, string>;

/** The response to {@link getOptionsAvailability}. */
export interface OptionsAvailability {
  /** Absent until every option has a choice. */
  readonly selectedVariant?: SelectedVariant;
  readonly media: Media;
  readonly productOptions: readonly ProductOption[];
  readonly availableForPurchase: boolean;
}

export interface SelectedVariant {
  readonly price: PriceData;
  readonly convertedPriceData: PriceData;
  readonly weight: number;
  readonly sku: string;
  readonly quantity?: number;
  readonly inStock: boolean;
  readonly visible: boolean;
}

/**
 * Returns which choices of a product are available after some choices, and the variant when all are made. Throws
 * violations, `PRODUCT_NOT_FOUND`.
 */
export async function getOptionsAvailability(
  { database }: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const { options } = await readInput(request, optionsAvailabilityBody);
  const product = await readProduct(database.read, access.siteId, productId);
  await requireVisible(access, product);
  return jsonResponse(availability(product, new Map(Object.entries(options))));
}

function availability(product: Product, chosen: Chosen): OptionsAvailability {
  const complete = product.productOptions.every((option) => chosen.has(option.name));
  const selected = complete ? variantFor(product, chosen) : undefined;
  const media = product.productOptions.flatMap((option) =>
    option.choices.flatMap((choice) =>
      chosen.get(option.name) === choice.description ? choice.media.items : [],
    ),
  );
  const [mainMedia] = media;
  return {
    ...(selected === undefined
      ? {}
      : { selectedVariant: selectedVariant(selected, inStock(product, chosen)) }),
    media: { ...(mainMedia === undefined ? {} : { mainMedia }), items: media },
    productOptions: product.productOptions.map((option) => withAvailability(product, option, chosen)),
    availableForPurchase: (selected?.variant.visible ?? false) && inStock(product, chosen),
  };
}

/** The choices of an option, each with its stock and visibility in combination with the choices of the other options. */
function withAvailability(product: Product, option: ProductOption, chosen: Chosen): ProductOption {
  return {
    ...option,
    choices: option.choices.map((choice) => {
      const together = new Map(chosen).set(option.name, choice.description);
      const fitting = product.variants.filter((variant) => fits(variant, together));
      return {
        ...choice,
        inStock: inStock(product, together),
        visible: fitting.some(({ variant }) => variant.visible),
      };
    }),
  };
}

function variantFor(product: Product, chosen: Chosen): Variant | undefined {
  const known = product.productOptions.every(({ choices, name }) =>
    choices.some(({ description }) => description === chosen.get(name)),
  );
  return known ? product.variants.find((variant) => fits(variant, chosen)) : undefined;
}

/** Whether a variant with these choices is in stock. Without managed variants, each choice must be in stock. */
function inStock(product: Product, chosen: Chosen): boolean {
  const possible = product.productOptions.every(({ choices, name }) => {
    const wanted = chosen.get(name);
    return wanted === undefined || choices.some((one) => one.description === wanted && one.inStock);
  });
  return possible && product.variants.some((variant) => fits(variant, chosen) && variant.stock.inStock);
}

function fits({ choices }: Variant, chosen: Chosen): boolean {
  return Object.entries(choices).every(([option, choice]) => (chosen.get(option) ?? choice) === choice);
}

function selectedVariant({ stock, variant }: Variant, available: boolean): SelectedVariant {
  const { convertedPriceData, priceData, sku, visible, weight } = variant;
  return {
    price: priceData,
    convertedPriceData,
    weight,
    sku,
    ...(stock.quantity === undefined ? {} : { quantity: stock.quantity }),
    inStock: available,
    visible,
  };
}
