export { parseStrictJson } from "@latchkey/protocol";
export { readAuthorization } from "./authorization.ts";
export { bodyType, parseBody, readJson, readText } from "./body.ts";
export { brokenRequest, closingErrorResponse, refuseConnection } from "./broken-request.ts";
export { ClientNetworks } from "./client-address.ts";
export type { ConnectionLimits } from "./connection-limits.ts";
export {
  ConnectionCount,
  createResponseClass,
  defaultConnectionLimits,
  UnreadResponses,
} from "./connection-limits.ts";
export { apiErrorReply, oauthErrorReply } from "./error-response.ts";
export { findInexactNumber } from "./exact-numbers.ts";
export type { Caller, Endpoint, Exchange } from "./exchange.ts";
export { itemTooLarge, jsonResponse, jsonTextResponse, maxListBytes, requestIdHeaders } from "./exchange.ts";
export { PipelinedRequests } from "./pipelined-requests.ts";
export { RequestBodies } from "./request-bodies.ts";
export { isLoopback, isProbe, requireHost } from "./request-host.ts";
export { requireUnambiguousPath } from "./request-path.ts";
