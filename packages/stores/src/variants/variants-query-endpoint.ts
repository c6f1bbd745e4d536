import { type AccessTokenCall, jsonResponse } from "@latchkey/server";
import type { Variant } from "../catalog/product.ts";
import { readProduct } from "../products.queries.ts";
import {
  isObject,
  type Members,
  parseRestPaging,
  readQueryRequest,
  tooMany,
  violation,
} from "../query/index.ts";
import { readRequestedParts, requireManager, requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";

/** Which variants of a product are asked for; undefined stands for any. */
interface VariantsFilter {
  readonly variantIds: readonly string[] | undefined;
  /** The choice of some options, by the option's name. */
  readonly choices: Readonly<Record<string, string>>;
}

const maxVariantIds = 1_000;

/**
 * Returns a page of the variants of one product (*wire §8.1*): all, those with given ids, or those with given choices.
 *
 * Throws violations; 403 for merchant data without permission to manage products; `PRODUCT_NOT_FOUND` for a product
 * that is unknown, of another site, or hidden from the caller.
 */
export async function queryProductVariants(
  { database }: StoresPlatform,
  { access, parameters: { productId = "" }, request }: AccessTokenCall,
): Promise<Response> {
  const input = await readQueryRequest(request);
  const parts = readRequestedParts(input);
  const filter = readFilter(input);
  const paging = parseRestPaging(input.paging, "paging");
  await requireManager(access, parts);
  const product = await readProduct(database.read, access.siteId, productId, {
    variants: true,
    merchantData: parts.includeMerchantSpecificData,
  });
  await requireVisible(access, product);
  const found = product.variants.filter((variant) => isAskedFor(variant, filter));
  return jsonResponse({
    variants: found.slice(paging.offset, paging.offset + paging.limit),
    metadata: { items: paging.limit, offset: paging.offset },
    totalResults: found.length,
  });
}

function isAskedFor(variant: Variant, { choices, variantIds }: VariantsFilter): boolean {
  if (variantIds !== undefined) return variantIds.includes(variant.id);
  const own = new Map(Object.entries(variant.choices));
  return Object.entries(choices).every(([option, choice]) => own.get(option) === choice);
}

/** Choices say nothing beside ids (*wire §8.1*); none of either asks for all. */
function readFilter(input: Members): VariantsFilter {
  const choices = input.choices ?? {};
  if (!isObject(choices) || !hasOnlyText(Object.values(choices))) {
    throw violation("choices", { violatedRule: "FORMAT" }, "must be an object of option names and choices");
  }
  const ids = input.variantIds ?? [];
  if (!Array.isArray(ids) || !hasOnlyText(ids)) {
    throw violation("variantIds", { violatedRule: "FORMAT" }, "must be a list of ids");
  }
  if (ids.length > maxVariantIds) throw tooMany("variantIds", maxVariantIds, "values");
  const variantIds = ids.map((id) => id.toLowerCase());
  return {
    variantIds: variantIds.length === 0 ? undefined : variantIds,
    choices: choices as Record<string, string>,
  };
}

function hasOnlyText(values: readonly unknown[]): values is string[] {
  return values.every((value) => typeof value === "string");
}
