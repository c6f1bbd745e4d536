import { choicesKey } from "./variants.ts";
import type { Media, Product, ProductOption, Variant } from "./product.ts";

/** The choice of some options, by the option's name. */
export type Selection = Readonly<Record<string, string>>;

/** What a buyer can still choose who has chosen so far. */
export interface OptionsAvailability {
  /** Once every option has a choice that goes together. */
  readonly selectedVariant?: SelectedVariant;
  readonly media: Media;
  readonly productOptions: readonly ProductOption[];
  readonly availableForPurchase: boolean;
}

/** A variant as a buyer sees it. */
type SelectedVariant = Omit<Variant["variant"], "priceData" | "costAndProfitData"> & {
  readonly price: Variant["variant"]["priceData"];
  readonly quantity?: number;
  readonly inStock: boolean;
};

/** Tells which choices of a product go together with those that were made. */
export function optionsAvailability(product: Product, selection: Selection): OptionsAvailability {
  const selected = selectedVariant(product, selection);
  return {
    ...(selected === undefined ? {} : { selectedVariant: shown(selected) }),
    media: mediaOf(product, selection),
    productOptions: product.productOptions.map((option) => ({
      ...option,
      choices: option.choices.map((choice) => {
        const others = goingWith(product, { ...selection, [option.name]: choice.description });
        return product.manageVariants
          ? {
              ...choice,
              visible: others.some(({ variant }) => variant.visible),
              inStock: others.some(({ stock, variant }) => variant.visible && stock.inStock),
            }
          : choice;
      }),
    })),
    availableForPurchase: selected !== undefined && isForSale(product, selection, selected),
  };
}

/** The variant of a full selection; a product that manages none is one itself. */
function selectedVariant(product: Product, selection: Selection): Variant | undefined {
  const chosen = product.productOptions.map((option) =>
    option.choices.find(({ description }) => description === ownValue(selection, option.name)),
  );
  if (chosen.includes(undefined)) return undefined;
  if (!product.manageVariants) return product.variants[0];
  const key = choicesKey(
    Object.fromEntries(
      product.productOptions.map(({ name }, index) => [name, chosen[index]?.description ?? ""]),
    ),
  );
  return product.variants.find(({ choices }) => choicesKey(choices) === key);
}

function isForSale(product: Product, selection: Selection, { stock, variant }: Variant): boolean {
  const choices = product.productOptions.flatMap((option) =>
    option.choices.filter(({ description }) => description === ownValue(selection, option.name)),
  );
  return product.visible && variant.visible && stock.inStock && choices.every(({ inStock }) => inStock);
}

function goingWith(product: Product, selection: Selection): Variant[] {
  return product.variants.filter(({ choices }) =>
    product.productOptions.every(({ name }) => {
      const chosen = ownValue(selection, name);
      return chosen === undefined || ownValue(choices, name) === chosen;
    }),
  );
}

/** The pictures of what was chosen, or else those of the product. */
function mediaOf(product: Product, selection: Selection): Media {
  const items = product.productOptions.flatMap((option) =>
    option.choices
      .filter(({ description }) => description === ownValue(selection, option.name))
      .flatMap(({ media }) => media.items),
  );
  const [mainMedia] = items;
  return mainMedia === undefined ? product.media : { mainMedia, items };
}

function shown({ stock, variant }: Variant): SelectedVariant {
  const { costAndProfitData: _, priceData: price, ...rest } = variant;
  const quantity = stock.quantity === undefined ? {} : { quantity: stock.quantity };
  return { ...rest, price, ...quantity, inStock: stock.inStock };
}

function ownValue(members: Selection, name: string): string | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
