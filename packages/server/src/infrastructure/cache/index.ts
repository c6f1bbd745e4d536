export { createMemo } from "./memo.ts";
