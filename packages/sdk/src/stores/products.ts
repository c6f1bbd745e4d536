import { type ApiCaller, type ApiModule, type CallOptions, createModule } from "../api-module.ts";
import { LatchkeyError } from "../errors.ts";
import { wireFieldName, withNamesHere } from "./field-names.ts";
import type { Product, ProductQueryFields } from "./product.ts";
import { type Condition, createQueryBuilder, type Query, type QueryBuilder } from "./query-builder.ts";
import { createQueryResult, type QueryResult } from "./query-result.ts";

/** The products of a site, once bound to a client. */
export interface ProductsApi {
  /**
   * Begins a query over the site's visible products; needs the permission to read products.
   *
   * @example
   * const { items } = await client.products.queryProducts().lt("price", 20).descending("price").limit(10).find();
   */
  queryProducts(): ProductsQueryBuilder;
}

/** Composes a query for products. */
export type ProductsQueryBuilder = QueryBuilder<Product, ProductQueryFields>;

const QUERY_PATH = "/stores/v1/products/query";

/** The products module: give it to `createClient({ modules: { products } })`. */
export const products: ApiModule<ProductsApi> = createModule((caller) => ({
  queryProducts: () => createQueryBuilder((query, options) => findProducts(caller, query, options)),
}));

async function findProducts(
  caller: ApiCaller,
  query: Query,
  options: CallOptions,
): Promise<QueryResult<Product>> {
  const answer = await caller.call({
    method: "POST",
    path: QUERY_PATH,
    body: { query: wireQuery(query) },
    idempotent: true,
    signal: options.signal,
  });
  const { products: found, totalResults } = (answer ?? {}) as { products?: unknown; totalResults?: unknown };
  if (!Array.isArray(found)) {
    throw new LatchkeyError(
      "unexpected_response",
      `POST ${QUERY_PATH} was answered without a list of products.`,
    );
  }
  return createQueryResult({
    items: found.map(toProduct),
    totalCount: typeof totalResults === "number" ? totalResults : query.skip + found.length,
    skip: query.skip,
    limit: query.limit,
    at: (skip, next) => findProducts(caller, { ...query, skip }, next),
  });
}

/** This endpoint takes filter and sort as strings that hold JSON. */
function wireQuery({ conditions, sort, skip, limit }: Query): Record<string, unknown> {
  const [first, ...others] = conditions.map(wireCondition);
  return {
    ...(first === undefined
      ? {}
      : { filter: JSON.stringify(others.length === 0 ? first : { $and: [first, ...others] }) }),
    ...(sort.length === 0
      ? {}
      : { sort: JSON.stringify(sort.map(({ field, order }) => ({ [wireFieldName(field)]: order }))) }),
    paging: { limit, offset: skip },
  };
}

function wireCondition({ field, operator, value }: Condition): Record<string, unknown> {
  // Always with its operator: a value that came from outside as an object must not become one.
  return { [wireFieldName(field)]: { [operator]: value } };
}

function toProduct(wire: unknown): Product {
  const product = withNamesHere(wire) as Record<string, unknown>;
  for (const name of ["lastUpdated", "_createdDate"]) {
    const time = product[name];
    if (typeof time === "string") product[name] = new Date(time);
  }
  return product as unknown as Product;
}
