export { column, type Entity, fieldSet, operatorsFor } from "./fields.ts";
export { fold } from "./fold.ts";
export { parseRestPaging, parseRestQuery } from "./parse/parse-query.ts";
export { readQueryRequest } from "./parse/read-query-request.ts";
export { platformizedRoutes } from "./platformized-routes.ts";
export { collectionsField, productEntity } from "./product-fields.ts";
export {
  platformMetadata,
  platformQuery,
  restMetadata,
  restPaging,
  restQuery,
  totalResults,
} from "./query-schemas.ts";
export { cursorPageQuery, readCursorPage } from "./read/cursor-page.queries.ts";
export { countQuery, type Page, type PageQuery, pageQuery, readPage } from "./read/offset-page.queries.ts";
export type { SiteRows } from "./read/page-rows.queries.ts";
export { runPlatformQuery } from "./read/platformized-query.ts";
export { id, text } from "./value-kinds.ts";
export { isObject, type JsonObject, tooMany, violation } from "./violation.ts";
