export type { MasterKeys } from "./master-keys.ts";
export { parseMasterKeys } from "./master-keys.ts";
export type { Vault } from "./sealing.ts";
export { createVault } from "./sealing.ts";
