import { isIP } from "node:net";
import { type AddressRange, addressViolation } from "./addresses.ts";

const httpsOnly = "must begin with https://";

/**
 * Describes why a URL may not be called, as a sentence that lacks the name of its field; undefined when it may. Host
 * names are not resolved here.
 */
export function violationOf(text: string, allowed: readonly AddressRange[]): string | undefined {
  // The URL parser removes them.
  if (/\p{Cc}/u.test(text)) return "must not have control characters";
  if (!URL.canParse(text)) return "must be an absolute URL";
  const url = new URL(text);
  const secure = url.protocol === "https:";
  if (!secure && url.protocol !== "http:") {
    const mayBeLoopback = addressViolation("127.0.0.1", { allowed, secure }) === undefined;
    return mayBeLoopback ? `${httpsOnly}, or with http:// for a loopback address` : httpsOnly;
  }
  // The URL parser drops an empty user name.
  if (url.username + url.password !== "" || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return "must not have a user name or password";
  }
  if (!isAllowedPort(portOf(url))) return "must have port 443, 80 or one above 1023";
  const host = hostOf(url);
  if (isIP(host) !== 0) {
    const violation = addressViolation(host, { allowed, secure });
    return violation && `must not be called: ${host} ${violation}`;
  }
  if (!secure && allowed.length === 0) return httpsOnly;
  return undefined;
}

/** The ports of HTTP and HTTPS, and ports outside of the system range. */
function isAllowedPort(port: number): boolean {
  return port === 80 || port === 443 || port > 1_023;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** The host name or address, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
