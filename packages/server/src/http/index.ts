export { readAuthorization } from "./authorization.ts";
export { bodyType, readJson, readText } from "./body.ts";
export { answerBrokenRequest, lastResponse } from "./broken-request.ts";
export { apiErrorReply, oauthErrorReply } from "./error-response.ts";
export type { Address, Endpoint, Exchange, HttpEnv } from "./exchange.ts";
export { forMethod, jsonResponse, methodNotAllowed, mount, requestIdHeaders } from "./exchange.ts";
export { parseStrictJson } from "./strict-json.ts";
