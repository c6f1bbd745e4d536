import { type Access, ApiError, canonicalGuid, nextTurn, parse, ValidationError } from "@latchkey/server";
import { z } from "zod";
import type { Product } from "../catalog/product.ts";
import { withPrice } from "../catalog/variants.ts";
import type { LockedStore } from "../changes/index.ts";
import {
  amount,
  boundedText,
  changeStore,
  exactlyOneField,
  idInput,
  signedAmount,
} from "../changes/index.ts";
import { storesErrors } from "../errors.ts";
import { readProductsById, sliceProducts } from "../products.queries.ts";
import { violation } from "../query/index.ts";
import type { StoresPlatform } from "../stores-platform.ts";
import { changedProduct, withVariants } from "./product-change.ts";
import { storeProduct } from "./product-writes.ts";

const ids = z.array(idInput).min(1).max(100);
const set = exactlyOneField(
  z.strictObject({
    price: amount.nullish(),
    cost: amount.nullish(),
    weight: amount.nullish(),
    ribbon: boundedText(30).nullish(),
    brand: boundedText(50).nullish(),
  }),
);
const adjustment = exactlyOneField(
  z.strictObject({
    amount: signedAmount.nullish(),
    percentage: z
      .strictObject({ rate: z.int().min(-100).max(1_000), roundToInt: z.boolean().nullish() })
      .nullish(),
  }),
);
const adjust = exactlyOneField(
  z.strictObject({ price: adjustment.nullish(), cost: adjustment.nullish(), weight: adjustment.nullish() }),
);

const bulkUpdate = z.strictObject({ ids, set });
const bulkAdjustment = z.strictObject({ ids, adjust });

/** Body of the request that sets a property of many products. */
export const bulkUpdateBody: z.ZodType = bulkUpdate;
/** Body of the request that adjusts a property of many products. */
export const bulkAdjustmentBody: z.ZodType = bulkAdjustment;

type Adjustment = z.output<typeof adjustment>;

/** One change of many products. */
export interface BulkChange {
  readonly ids: readonly string[];
  /** Returns the changed product. Throws the error of this product. */
  change(product: Product, store: LockedStore): Product;
}

/** Parses the body of a bulk update, which sets one property. Throws violations. */
export function parseBulkUpdate(input: unknown): BulkChange {
  const body = parse(bulkUpdate, input, "body");
  const { brand, cost, price, ribbon, weight } = body.set;
  return {
    ids: body.ids,
    change(product, store) {
      if (cost != null) return withCosts(product, store, () => cost);
      if (weight != null) return withWeights(product, () => weight);
      if (brand === "") return withoutBrand(product);
      return changedProduct(product, { brand, ribbon, priceData: { price } }, store);
    },
  };
}

/** Parses the body of a bulk adjustment, which raises or lowers one number. Throws violations. */
export function parseBulkAdjustment(input: unknown): BulkChange {
  const body = parse(bulkAdjustment, input, "body");
  const { cost, price, weight } = body.adjust;
  return {
    ids: body.ids,
    change(product, store) {
      if (cost != null) return withCosts(product, store, (value) => adjusted("cost", value, cost));
      if (weight != null) return withWeights(product, (value) => adjusted("weight", value, weight));
      const newPrice = adjusted("price", product.priceData.price, price ?? {});
      return changedProduct(product, { priceData: { price: newPrice } }, store);
    },
  };
}

export function withoutBrand(product: Product): Product {
  const { brand: _, ...rest } = product;
  return rest;
}

/** The result of one product of a bulk change. */
type Outcome =
  | { readonly success: true }
  | {
      readonly success: false;
      readonly error: { readonly code: string; readonly description: string; readonly data: object };
    };

export interface ItemResult {
  readonly itemMetadata: Outcome & { readonly id?: string; readonly originalIndex: number };
}

export interface BulkResult {
  readonly results: readonly ItemResult[];
  readonly bulkActionMetadata: {
    readonly totalSuccesses: number;
    readonly totalFailures: number;
    /** Number of failures without details. This server always sends them. */
    readonly undetailedFailures: 0;
  };
}

/**
 * Runs a bulk change (*wire §8.1*). If one product fails, its result has the error, and the
 * others are changed. A product that is listed twice changes once. Each slice of the products is changed in a transaction
 * of its own, so that others can write in between.
 */
export async function changeInBulk(
  platform: StoresPlatform,
  access: Access,
  { change, ids }: BulkChange,
): Promise<BulkResult> {
  const outcomes = new Map<string, Outcome>();
  for (const slice of await sliceProducts(platform.database.read, access.siteId, ids)) {
    const changed = await changeStore(platform, access, (store) => changeSlice(store, slice, change));
    for (const [id, outcome] of changed) outcomes.set(id, outcome);
  }
  const unknown: Outcome = { success: false, error: itemError(new ApiError(storesErrors.PRODUCT_NOT_FOUND)) };
  const results = ids.map((given, originalIndex) => {
    const id = canonicalGuid(given);
    const outcome = outcomes.get(id ?? "") ?? unknown;
    return { itemMetadata: { ...(id === undefined ? {} : { id }), originalIndex, ...outcome } };
  });
  const totalSuccesses = results.filter(({ itemMetadata }) => itemMetadata.success).length;
  const totalFailures = results.length - totalSuccesses;
  return { results, bulkActionMetadata: { totalSuccesses, totalFailures, undetailedFailures: 0 } };
}

async function changeSlice(
  store: LockedStore,
  ids: readonly string[],
  change: BulkChange["change"],
): Promise<[string, Outcome][]> {
  const outcomes: [string, Outcome][] = [];
  for (const product of (await readProductsById(store.trx, store.siteId, ids)).values()) {
    outcomes.push([product.id, await changeOne(store, product, change)]);
    await nextTurn();
  }
  return outcomes;
}

async function changeOne(
  store: LockedStore,
  before: Product,
  change: BulkChange["change"],
): Promise<Outcome> {
  try {
    await storeProduct(store, before, change(before, store));
    return { success: true };
  } catch (error) {
    return { success: false, error: itemError(error) };
  }
}

function itemError(error: unknown): Extract<Outcome, { success: false }>["error"] {
  if (error instanceof ApiError && error.status < 500) {
    return { code: error.code, description: error.message, data: error.data };
  }
  if (!(error instanceof ValidationError)) throw error;
  const [first] = error.violations;
  const description = `${first?.field} ${first?.description}`;
  return { code: "VALIDATION_ERROR", description, data: { fieldViolations: error.violations } };
}

function adjusted(name: string, value: number, { amount: by, percentage }: Adjustment): number {
  const places = percentage?.roundToInt ? 0 : 2;
  const changed = by == null ? value * (1 + (percentage?.rate ?? 0) / 100) : value + by;
  const result = Number(changed.toFixed(places));
  const parsed = amount.safeParse(result);
  if (parsed.success) return result;
  throw violation(
    `adjust.${name}`,
    result < 0 ? "MIN" : "MAX",
    "takes the value below 0 or above 999999999.99",
  );
}

/** Changes the costs of the product and of each variant. */
function withCosts(product: Product, store: LockedStore, cost: (before: number) => number): Product {
  const own = cost(product.costAndProfitData?.itemCost ?? 0);
  const after = changedProduct(product, { costAndProfitData: { itemCost: own } }, store);
  const variants = product.variants.map((one) => ({
    ...one,
    variant: withPrice(one.variant, {
      price: one.variant.priceData.price,
      itemCost: cost(one.variant.costAndProfitData?.itemCost ?? 0),
      discount: product.discount,
      currency: after.priceData.currency,
    }),
  }));
  return withVariants(after, variants);
}

/** Changes the weights of the product and of each variant. */
function withWeights(product: Product, weight: (before: number) => number): Product {
  const variants = product.variants.map((one) => ({
    ...one,
    variant: { ...one.variant, weight: weight(one.variant.weight) },
  }));
  return withVariants({ ...product, weight: weight(product.weight) }, variants);
}
