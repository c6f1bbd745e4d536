import { type ValidationError, webAddress } from "@latchkey/server";
import { z } from "zod";
import type { Choice, MediaItem, Product, ProductOption } from "../catalog/product.ts";
import { boundedText, readOnly } from "../changes/index.ts";
import { violation } from "../query/index.ts";

const maxPictures = 100;
const maxPicturesOfChoice = 50;

const name = boundedText(50, { min: 1 });
const mediaId = boundedText(500, { min: 1 });
const choiceOfOption = z.strictObject({ option: name, choice: name });

/** A list of media for products. */
type MediaBody<Item> = z.ZodObject<{ id: typeof readOnly; media: z.ZodType<readonly Item[]> }>;

/** Body of the request that adds pictures, by id or address. Each is for one choice or for the product. */
export const newMediaBody: MediaBody<NewMedia> = z.strictObject({
  id: readOnly,
  media: z
    .array(
      z
        .strictObject({
          mediaId: mediaId.nullish(),
          url: webAddress.nullish(),
          choice: choiceOfOption.nullish(),
        })
        .refine(({ mediaId, url }) => (mediaId == null) !== (url == null), {
          message: "must have either mediaId or url",
          params: { rule: "REQUIRED_ONE_OF_FIELD" },
        }),
    )
    .min(1)
    .max(50),
});

const mediaIds = z.array(mediaId).max(50).default([]);

/** Body of the request that removes pictures. An empty list means all. */
export const mediaIdsBody: z.ZodObject<{ id: typeof readOnly; mediaIds: z.ZodType<readonly string[]> }> =
  z.strictObject({ id: readOnly, mediaIds });

/** Body of the requests about pictures of choices. */
export const choiceMediaBody: MediaBody<ChoiceMedia> = z.strictObject({
  id: readOnly,
  media: z
    .array(z.strictObject({ option: name, choice: name, mediaIds }))
    .min(1)
    .max(10),
});

interface NewMedia {
  readonly mediaId?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly choice?: { readonly option: string; readonly choice: string } | null | undefined;
}

interface ChoiceMedia {
  readonly option: string;
  readonly choice: string;
  readonly mediaIds: readonly string[];
}

/** Adds pictures to a product. A picture that the product has moves to the end. Throws violations. */
export function withMedia(product: Product, added: readonly NewMedia[], newId: () => string): Product {
  let result = product;
  for (const [index, { choice, mediaId, url }] of added.entries()) {
    const item = mediaItem(mediaId ?? newId(), url ?? "");
    result = withItems(result, [
      ...result.media.items.filter(({ id }) => id !== item.id),
      result.media.items.find(({ id }) => id === item.id) ?? item,
    ]);
    if (choice == null) continue;
    const path = `media[${index}].choice`;
    result = atChoice(result, { ...choice, path }, (items) => addedTo(items, [item]));
  }
  if (result.media.items.length > maxPictures) throw tooManyPictures("media", maxPictures, "the product");
  return result;
}

/** Removes pictures from a product and its choices; all if `mediaIds` is empty. */
export function withoutMedia(product: Product, mediaIds: readonly string[]): Product {
  const remains = ({ id }: MediaItem): boolean => mediaIds.length > 0 && !mediaIds.includes(id);
  return {
    ...withItems(product, product.media.items.filter(remains)),
    productOptions: product.productOptions.map((option) =>
      mapChoices(option, (choice) => ({ ...choice, media: mediaOf(choice.media.items.filter(remains)) })),
    ),
  };
}

/** Adds pictures of the product to choices. */
export function withChoiceMedia(product: Product, added: readonly ChoiceMedia[]): Product {
  return added.reduce((result, { choice, mediaIds, option }, index) => {
    const items = mediaIds.map((wanted, position) => {
      const item = product.media.items.find(({ id }) => id === wanted);
      if (item !== undefined) return item;
      throw violation(
        `media[${index}].mediaIds[${position}]`,
        "VALIDATION",
        "is not a picture of this product",
      );
    });
    return atChoice(result, { option, choice, path: `media[${index}]` }, (had) => addedTo(had, items));
  }, product);
}

/** Removes pictures from choices; all if `mediaIds` is empty. */
export function withoutChoiceMedia(product: Product, removed: readonly ChoiceMedia[]): Product {
  return removed.reduce(
    (result, { choice, mediaIds, option }, index) =>
      atChoice(result, { option, choice, path: `media[${index}]` }, (items) =>
        items.filter(({ id }) => mediaIds.length > 0 && !mediaIds.includes(id)),
      ),
    product,
  );
}

type Items = readonly MediaItem[];

/** Throws a violation for an unknown choice, for pictures at a second option, and for more than 50 pictures at one choice. */
function atChoice(
  product: Product,
  at: { option: string; choice: string; path: string },
  change: (items: Items) => Items,
): Product {
  const option = product.productOptions.find(({ name }) => name === at.option);
  if (!option?.choices.some(({ description }) => description === at.choice)) {
    throw violation(at.path, "VALIDATION", "is not a choice of this product");
  }
  const changed = mapChoices(option, (choice) => {
    if (choice.description !== at.choice) return choice;
    const items = change(choice.media.items);
    if (items.length > maxPicturesOfChoice) throw tooManyPictures(at.path, maxPicturesOfChoice, "its choice");
    return { ...choice, media: mediaOf(items) };
  });
  const others = product.productOptions.filter(({ name }) => name !== at.option);
  if (hasMedia(changed) && others.some(hasMedia)) {
    throw violation(at.path, "VALIDATION", "is of a second option; only one option can have pictures");
  }
  return {
    ...product,
    productOptions: product.productOptions.map((one) => (one === option ? changed : one)),
  };
}

function tooManyPictures(field: string, threshold: number, of: string): ValidationError {
  return violation(field, ["MAX_SIZE", threshold], `takes ${of} above ${threshold} pictures`);
}

function mapChoices(option: ProductOption, map: (choice: Choice) => Choice): ProductOption {
  return { ...option, choices: option.choices.map(map) };
}

function hasMedia({ choices }: ProductOption): boolean {
  return choices.some(({ media }) => media.items.length > 0);
}

function addedTo(items: Items, added: Items): Items {
  return [...items, ...added.filter(({ id }) => !items.some((item) => item.id === id))];
}

function withItems(product: Product, items: Items): Product {
  return { ...product, media: mediaOf(items) };
}

/** The first picture is the main one. */
function mediaOf(items: Items): Product["media"] {
  const [mainMedia] = items;
  return { ...(mainMedia === undefined ? {} : { mainMedia }), items };
}

/** The address is never fetched, so the size is unknown. */
function mediaItem(id: string, url: string): MediaItem {
  const image = { url, width: 0, height: 0 };
  return { id, mediaType: "image", title: "", image, thumbnail: image };
}
