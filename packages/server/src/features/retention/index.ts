export { keptFor } from "./kept-for.ts";
export { defaultRetention, type Retention } from "./kinds.ts";
export { readRetention } from "./retention.queries.ts";
export { retentionRoutes } from "./retention.routes.ts";
