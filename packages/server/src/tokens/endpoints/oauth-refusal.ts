import type { ErrorHandler } from "hono";
import { OAuthError } from "../../errors/index.ts";
import { type HttpEnv, jsonResponse, oauthErrorReply } from "../../http/index.ts";
import { describeError, type Log } from "../../observability/index.ts";

/** Answers what an endpoint throws as OAuth has it, and gives the log the reason that callers are not told. */
export function oauthRefusal(log: Log): ErrorHandler<HttpEnv> {
  return (error, c) => {
    const { body, headers, status } = oauthErrorReply(error);
    const reason = error instanceof OAuthError ? { reason: error.reason } : describeError(error);
    log[status < 500 ? "info" : "error"]({ requestId: c.env.requestId, status, ...reason }, "oauth refused");
    return jsonResponse(body, { status, headers: { pragma: "no-cache", ...headers } });
  };
}
