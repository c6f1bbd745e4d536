export { compileFilter } from "./compile-filter.ts";
export type { Filter } from "./filter.ts";
export { fold } from "./fold.ts";
export { parseFilter } from "./parse-filter.ts";
export { type Paging, parsePaging } from "./parse-paging.ts";
export { parseSort, type SortKey } from "./parse-sort.ts";
export { productFields, productNumber } from "./product-fields.ts";
export { isObject, violation } from "./violation.ts";
