import {
  type Filter,
  isObject,
  type Paging,
  parseFilter,
  parsePaging,
  parseSort,
  productFields,
  productNumber,
  type SortKey,
  violation,
} from "./query/index.ts";

/** What the body of a product query asks for. */
export interface ProductsQueryBody {
  readonly filter: Filter | undefined;
  readonly sort: readonly SortKey[];
  readonly paging: Paging;
  readonly includeVariants: boolean;
  readonly includeHiddenProducts: boolean;
  readonly includeMerchantSpecificData: boolean;
}

/**
 * Reads the REST form of a product query. Everything may be left out: `{}` is page one in the order of the products'
 * numbers. Unknown fields of the body and of `query` are passed over, since clients send some that mean nothing here
 * (`fields`, `fieldsets`); inside filter, sort and paging nothing is.
 *
 * Throws a violation for each field that breaks a rule.
 */
export function parseProductsQueryBody(input: unknown): ProductsQueryBody {
  if (!isObject(input)) throw violation("body", { violatedRule: "FORMAT" }, "must be a JSON object");
  const query = input.query ?? {};
  if (!isObject(query)) throw violation("query", { violatedRule: "FORMAT" }, "must be an object");
  return {
    filter: parseFilter(query.filter, productFields),
    sort: parseSort(query.sort, productFields, productNumber),
    paging: parsePaging(query.paging),
    includeVariants: readFlag(input, "includeVariants"),
    includeHiddenProducts: readFlag(input, "includeHiddenProducts"),
    includeMerchantSpecificData: readFlag(input, "includeMerchantSpecificData"),
  };
}

function readFlag(body: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === "boolean") return value;
  throw violation(name, { violatedRule: "FORMAT" }, "must be true or false");
}
