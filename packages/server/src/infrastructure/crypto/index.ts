export { type MasterKeys, parseMasterKeys } from "./master-keys.ts";
export { Vault } from "./sealing.ts";
