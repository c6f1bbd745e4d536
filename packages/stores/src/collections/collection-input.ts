import { parse } from "@latchkey/server";
import { z } from "zod";
import { boundedText, idInput, readOnly, slug } from "../changes/index.ts";

const collection = z.strictObject({
  id: readOnly,
  name: boundedText(50, { min: 1 }).nullish(),
  media: readOnly,
  numberOfProducts: readOnly,
  description: boundedText(600).nullish(),
  slug: slug.nullish(),
  visible: z.boolean().nullish(),
});

const creation = z.strictObject({
  collection: collection
    .refine(({ name }) => name != null, {
      path: ["name"],
      message: "is required",
      params: { rule: "REQUIRED_FIELD" },
    })
    .meta({ id: "NewCollection", required: ["name"] }),
});
const change = z.strictObject({
  collection: collection.meta({
    id: "CollectionChange",
    description: "An absent or null field keeps its value",
  }),
});
const members = z.strictObject({ id: readOnly, productIds: z.array(idInput).max(1_000) });

/** Body of the request that creates a collection. */
export const newCollectionBody: z.ZodType = creation;
/** Body of the request that changes a collection. */
export const collectionChangeBody: z.ZodType = change;
/** Body of the requests that add products to a collection and remove them. */
export const productIdsBody: z.ZodType = members;

/** Input of a collection. A null or absent field keeps its value. */
export interface CollectionInput {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly slug?: string | null | undefined;
  readonly visible?: boolean | null | undefined;
}

/** Parses the body that creates a collection. Throws a violation for each invalid field. */
export function parseNewCollection(body: unknown): CollectionInput {
  return parse(creation, body, "body").collection;
}

/** Parses the body that changes a collection. Throws a violation for each invalid field. */
export function parseCollectionChange(body: unknown): CollectionInput {
  return parse(change, body, "body").collection;
}

/** Parses ids of products to add or remove. Throws a violation for each invalid field. */
export function parseProductIds(body: unknown): readonly string[] {
  return parse(members, body, "body").productIds;
}
