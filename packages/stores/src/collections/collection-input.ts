import { parse } from "@latchkey/server";
import { z } from "zod";
import { computed, givenId, slug, words } from "../changes/index.ts";

const collection = z.strictObject({
  id: computed,
  name: words(50, { min: 1 }).nullish(),
  media: computed,
  numberOfProducts: computed,
  description: words(600).nullish(),
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
const members = z.strictObject({ id: computed, productIds: z.array(givenId).max(1_000) });

/** Body of the request that creates a collection. */
export const newCollectionBody: z.ZodType = creation;
/** Body of the request that changes a collection. */
export const collectionChangeBody: z.ZodType = change;
/** Body of the requests that put products into a collection and take them out. */
export const productIdsBody: z.ZodType = members;

/** What an app may say about a collection; what is null or absent stays as it is. */
export interface CollectionInput {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly slug?: string | null | undefined;
  readonly visible?: boolean | null | undefined;
}

/** A collection as an app creates it. Throws a violation for each field that breaks a rule. */
export function parseNewCollection(body: unknown): CollectionInput {
  return parse(creation, body, "body").collection;
}

/** What an app changes of a collection. Throws a violation for each field that breaks a rule. */
export function parseCollectionChange(body: unknown): CollectionInput {
  return parse(change, body, "body").collection;
}

/** Products to put into a collection or to take out of it. Throws a violation for each field that breaks a rule. */
export function parseProductIds(body: unknown): readonly string[] {
  return parse(members, body, "body").productIds;
}
