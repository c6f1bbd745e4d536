export { afterCommit } from "./after-commit.ts";
export type { Database, Page, Queries, Step, Write } from "./database.ts";

export type { Ids, RandomBytes } from "./ids.ts";
export { createIds, lowestIdAt } from "./ids.ts";
export { migrate } from "./migrate.ts";
export { moveDatabaseAside, openDatabase } from "./open.ts";
export type { ListParameter, ParameterOf } from "./prepared-query.ts";
export { listParameter, prepareQuery } from "./prepared-query.ts";
export type * from "./schema.ts";
