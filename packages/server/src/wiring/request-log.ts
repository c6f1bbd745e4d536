import { nextTurn } from "../infrastructure/clock/index.ts";
import { ApiError, OAuthError, ValidationError } from "../infrastructure/errors/index.ts";
import type { Exchange } from "../infrastructure/http/index.ts";
import { describeError, type Log } from "../infrastructure/observability/index.ts";

/**
 * Logs an error of the server. At `debug`, also logs every other error response and every request of an app: without
 * the path that was sent, because it may contain a secret.
 */
export function logRequest(
  log: Log,
  { caller, error, requestId, route }: Exchange,
  ended: { status: number; durationMs: number },
): void {
  const fields = () => ({
    requestId,
    route: route ? `${route.method} ${route.path}` : "no route",
    ...ended,
    ...caller,
  });
  if (ended.status >= 500 && error !== undefined) {
    log.error({ ...fields(), ...describeError(error) }, "request failed");
    return;
  }
  if (!log.isLevelEnabled("debug")) return;
  const ofApp = route?.access.kind === "client" || route?.access.kind === "access-token";
  if (!ofApp && error === undefined && ended.status < 400) return;
  // After the response, whose time must not tell a known app from an unknown one.
  void nextTurn().then(() => log.debug({ ...fields(), ...refusalOf(error) }, "request"));
}

function refusalOf(error: unknown): { code?: string; reason?: string | undefined; text?: string } {
  if (error instanceof OAuthError) return { code: error.error, reason: error.reason, text: error.message };
  if (error instanceof ApiError) return { code: error.code, reason: error.reason, text: error.message };
  if (!(error instanceof ValidationError)) return {};
  const violations = error.violations.map(({ description, field }) => `${field} ${description}`);
  return { code: "VALIDATION", text: violations.slice(0, 3).join("; ") };
}
