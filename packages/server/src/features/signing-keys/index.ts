export { KeyRing } from "./key-ring.ts";
export { listSigningKeys } from "./signing-keys.queries.ts";
export { signingKeyRoutes } from "./signing-keys.routes.ts";
export {
  activeKeyTimes,
  defaultRotation,
  generateSigningKey,
  insertSigningKey,
  jwksMaxAgeSeconds,
  readJwks,
  resealSigningKeys,
  retireSigningKey,
  rotateSigningKeys,
  signingKeyState,
} from "./signing-keys.ts";
