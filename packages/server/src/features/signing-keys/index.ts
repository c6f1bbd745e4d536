export { readJwks } from "./jwks.ts";
export type { KeyRing } from "./key-ring.ts";
export { createKeyRing } from "./key-ring.ts";
export { signingKeyRoutes } from "./signing-keys.routes.ts";
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
