export { LatchkeyError, type LatchkeyErrorCode } from "../errors.ts";
export { type Access, accessOf } from "./access.ts";
export { AccessRefused, type AccessRefusedCode, type AccessRefusedReason } from "./access-refused.ts";
export {
  type ExpressGuard,
  expressGuard,
  type FastifyGuard,
  fastifyGuard,
  type HonoGuard,
  honoGuard,
} from "./guards.ts";
export type { NodeHeaders, TokenCarrier } from "./read-token.ts";
export { createResourceServer, type ResourceServer, type ResourceServerOptions } from "./resource-server.ts";
