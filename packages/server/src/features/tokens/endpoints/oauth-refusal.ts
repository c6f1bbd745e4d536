import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { type Endpoint, jsonResponse, oauthErrorReply } from "../../../infrastructure/http/index.ts";
import { describeError, type Log } from "../../../infrastructure/observability/index.ts";

/** Answers what an endpoint throws as OAuth has it, and gives the log the reason that callers are not told. */
export function refusingAsOAuth(log: Log, endpoint: Endpoint): Endpoint {
  return async (request, exchange) => {
    try {
      return await endpoint(request, exchange);
    } catch (error) {
      const { body, headers, status } = oauthErrorReply(error);
      const reason = error instanceof OAuthError ? { reason: error.reason } : describeError(error);
      const level = status < 500 ? "info" : "error";
      log[level]({ requestId: exchange.requestId, status, ...reason }, "oauth refused");
      return jsonResponse(body, { status, headers: { pragma: "no-cache", ...headers } });
    }
  };
}
