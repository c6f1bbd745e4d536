import { nextTurn } from "../infrastructure/clock/index.ts";
import { ApiError, OAuthError, ValidationError } from "../infrastructure/errors/index.ts";
import type { Exchange } from "../infrastructure/http/index.ts";
import { describeError, type Log, withoutCredentials } from "../infrastructure/observability/index.ts";

interface EndedRequest {
  readonly request: Request;
  readonly status: number;
  readonly durationMs: number;
}

/**
 * Logs an error of the server. At `debug`, also logs every other error response and every request of a program; it leaves out
 * pages, their files and the reads of the dashboard. The path that was sent is logged in development only, without its query
 * and without what looks like a secret.
 */
export function logRequest(
  { development, log }: { development: boolean; log: Log },
  { caller, error, requestId, route }: Exchange,
  { request, ...ended }: EndedRequest,
): void {
  const fields = () => ({
    requestId,
    route: route ? `${route.method} ${route.path}` : "no route",
    ...(development && { request: requestLine(request) }),
    ...ended,
    ...caller,
  });
  if (ended.status >= 500 && error !== undefined) {
    log.error({ ...fields(), ...describeError(error) }, "request failed");
    return;
  }
  if (!log.isLevelEnabled("debug")) return;
  const ofApp = route?.access.kind === "client" || route?.access.kind === "access-token";
  if (!ofApp && error === undefined && ended.status < 400 && isPageRead(request)) return;
  // After the response, whose time must not tell a known app from an unknown one.
  void nextTurn().then(() => log.debug({ ...fields(), ...refusalOf(error) }, "request"));
}

/** Method and path of a request, without the query. */
function requestLine({ method, url }: Request): string {
  return `${method} ${withoutCredentials(new URL(url).pathname)}`;
}

/** Whether a browser or a probe reads something: programs send `Authorization`. */
function isPageRead({ headers, method }: Request): boolean {
  return (method === "GET" || method === "HEAD") && !headers.has("authorization");
}

function refusalOf(error: unknown): { code?: string; reason?: string | undefined; text?: string } {
  if (error instanceof OAuthError) return { code: error.error, reason: error.reason, text: error.message };
  if (error instanceof ApiError) return { code: error.code, reason: error.reason, text: error.message };
  if (!(error instanceof ValidationError)) return {};
  const violations = error.violations.map(({ description, field }) => `${field} ${description}`);
  return { code: "VALIDATION", text: violations.slice(0, 3).join("; ") };
}
