import { isIP } from "node:net";
import { type AddressRange, refusalOf } from "./addresses.ts";

/**
 * What is wrong with a URL that is to be called, as the end of a sentence that begins with the name of its field;
 * undefined when nothing is. Names are looked up only when they are called.
 */
export function violationOf(text: string, allowed: readonly AddressRange[]): string | undefined {
  // The parser takes them out in silence.
  if (/\p{Cc}/u.test(text)) return "must not have control characters";
  if (!URL.canParse(text)) return "must be an absolute URL";
  const url = new URL(text);
  const secure = url.protocol === "https:";
  if (!secure && url.protocol !== "http:") return "must begin with https://";
  // The parser forgets an empty user, so the text is asked too.
  if (url.username + url.password !== "" || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return "must not have a user name or password";
  }
  if (!isOpenPort(portOf(url))) return "must have port 443, 80 or one above 1023";
  const host = hostOf(url);
  if (isIP(host) !== 0) {
    const refusal = refusalOf(host, { allowed, secure });
    return refusal === undefined ? undefined : `must not be called: ${refusal}`;
  }
  if (!secure && allowed.length === 0) return "must begin with https://";
  return undefined;
}

/** Those of the web, and those that no service of a system has by itself. */
function isOpenPort(port: number): boolean {
  return port === 80 || port === 443 || port > 1_023;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

/** The name or address that is called, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
