export { pruneCounts } from "./counts.queries.ts";
export { countsRoutes } from "./counts.routes.ts";
export { Counts } from "./counts.ts";
