import type { IncomingMessage } from "node:http";
import { ApiError } from "../errors/index.ts";

const probes: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/metrics"]);

/** Whether load balancers or Prometheus probe a path. Probes may lack `Host`, as in HTTP/1.0. */
export function isProbe(path: string): boolean {
  return probes.has(path);
}

/**
 * Throws `MALFORMED_REQUEST` unless a request has exactly one `Host` (RFC 9112 §3.2) or is a probe without one.
 *
 * The server has to join duplicate headers (`joinDuplicateHeaders`).
 */
export function requireHost({ headers: { host = "" }, url = "" }: IncomingMessage): void {
  if (host === "" ? isProbe(url.split("?", 1)[0] ?? "") : !host.includes(",")) return;
  throw new ApiError("MALFORMED_REQUEST");
}

/** Whether a host name or address is a loopback one. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
