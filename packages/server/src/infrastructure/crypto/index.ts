export type { MasterKeys } from "./master-keys.ts";
export { parseMasterKeys } from "./master-keys.ts";
export { Vault } from "./sealing.ts";
