import { type AccessTokenCall, jsonResponse } from "@latchkey/server";
import type { Product, Variant } from "../catalog/product.ts";
import { readProductJson } from "../products.queries.ts";
import {
  isObject,
  type JsonObject,
  parseRestPaging,
  readQueryRequest,
  tooMany,
  violation,
} from "../query/index.ts";
import { readRequestedParts, requireManager, requireVisible } from "../requested-parts.ts";
import type { StoresPlatform } from "../stores-platform.ts";

/** Selects variants of a product. Undefined selects all. */
interface VariantsFilter {
  readonly variantIds: readonly string[] | undefined;
  /** The choice of some options, by the name of the option. */
  readonly choices: Readonly<Record<string, string>>;
}

const maxVariantIds = 1_000;

/**
 * Returns a page of the variants of one product (*wire §8.1*): all, those with given ids, or those with given choices.
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
  const { json, visible } = await readProductJson(
    database.read,
    { siteId: access.siteId, productId },
    { variants: true, merchantData: parts.includeMerchantSpecificData },
  );
  await requireVisible(access, { visible });
  const product: Product = JSON.parse(json);
  const found = product.variants.filter((variant) => matches(variant, filter));
  return jsonResponse({
    variants: found.slice(paging.offset, paging.offset + paging.limit),
    metadata: { items: paging.limit, offset: paging.offset },
    totalResults: found.length,
  });
}

function matches(variant: Variant, { choices, variantIds }: VariantsFilter): boolean {
  if (variantIds !== undefined) return variantIds.includes(variant.id);
  const own = new Map(Object.entries(variant.choices));
  return Object.entries(choices).every(([option, choice]) => own.get(option) === choice);
}

/** With ids, choices are ignored (*wire §8.1*). Without both, all variants match. */
function readFilter(input: JsonObject): VariantsFilter {
  const choices = input.choices ?? {};
  if (!isObject(choices) || !hasOnlyText(Object.values(choices))) {
    throw violation("choices", "FORMAT", "must be an object of option names and choices");
  }
  const ids = input.variantIds ?? [];
  if (!Array.isArray(ids) || !hasOnlyText(ids)) {
    throw violation("variantIds", "FORMAT", "must be a list of ids");
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
