export { readJwks } from "./jwks.ts";
export type { KeyRing } from "./key-ring.ts";
export { createKeyRing } from "./key-ring.ts";
export type { MasterKeys } from "./master-keys.ts";
export { parseMasterKeys } from "./master-keys.ts";
export type { Vault } from "./sealing.ts";
export { createVault } from "./sealing.ts";
export {
  defaultRotation,
  generateSigningKey,
  insertSigningKey,
  jwksMaxAgeSeconds,
  listSigningKeys,
  resealSigningKeys,
  retireSigningKey,
  rotateSigningKeys,
  signingKeyState,
} from "./signing-keys.ts";
