export type * from "./account-tables.ts";
export type * from "./consent-tables.ts";
export type * from "./job-table.ts";
export type * from "./legacy-tables.ts";
export type * from "./schema.ts";
export type * from "./webhook-tables.ts";
