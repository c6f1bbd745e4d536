export { moveSqliteAside } from "./move-aside.ts";
export { openSqlite } from "./open-sqlite.ts";
