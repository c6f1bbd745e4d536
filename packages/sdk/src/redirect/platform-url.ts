import { LatchkeyError } from "../errors.ts";
import { resolveApiUrl } from "../http/api-url.ts";

/** The hosts of the real platform, each with all of its subdomains. */
const realHosts: readonly string[] = ["wixapis.com", "wix.com"];

/** Whether a host belongs to the real platform. */
export function isRealHost(host: unknown): boolean {
  if (typeof host !== "string") return false;
  const name = host.toLowerCase().replace(/\.$/, "");
  return realHosts.some((real) => name === real || name.endsWith(`.${real}`));
}

/**
 * Returns the URL of the platform that requests are redirected to. It is read for each request, because tests start
 * several platforms.
 *
 * @throws {LatchkeyError} `redirect_unavailable`, `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 */
export function platformUrl(): URL {
  const { LATCHKEY_URL, NODE_ENV } = process.env;
  if (NODE_ENV === "production") {
    throw new LatchkeyError(
      "redirect_unavailable",
      "@latchkey/sdk/redirect does not run with NODE_ENV=production. Remove it from the command, from NODE_OPTIONS and from the code.",
    );
  }
  if (process.versions.bun !== undefined || process.versions.deno !== undefined) {
    throw new LatchkeyError("redirect_unavailable", "@latchkey/sdk/redirect runs on Node only.");
  }
  if (!LATCHKEY_URL) {
    throw new LatchkeyError(
      "missing_api_url",
      "LATCHKEY_URL is missing, so @latchkey/sdk/redirect has no target. Set it to the URL of the platform, such as http://127.0.0.1:4400.",
    );
  }
  const url = new URL(resolveApiUrl(undefined, "").base);
  if (isRealHost(url.hostname)) {
    throw new LatchkeyError(
      "invalid_api_url",
      `LATCHKEY_URL is a URL of the real platform (${url.hostname}). Set it to the URL of your Latchkey platform.`,
    );
  }
  return url;
}

/**
 * Returns the URL at the platform for a URL at the real platform, and undefined for other URLs.
 *
 * @throws {LatchkeyError} as `platformUrl`
 */
export function redirectUrl(given: string | URL): URL | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (!/^https?:$/.test(url.protocol) || !isRealHost(url.hostname)) return undefined;
  const platform = platformUrl();
  return new URL(pathAt(platform, url.pathname) + url.search, platform);
}

/** Returns a path of the real platform as a path of the platform, which can have a base path. */
export function pathAt({ pathname }: URL, path: string): string {
  return pathname.replace(/\/+$/, "") + path;
}

/** Creates the error of a request that would leave the machine. */
export function notRedirected(host: string): LatchkeyError {
  return new LatchkeyError(
    "request_not_redirected",
    `A connection to ${host} was refused, because @latchkey/sdk/redirect could not redirect its request. ` +
      "Send it with fetch, with request or get of node:http or node:https, or with undici and its global dispatcher.",
  );
}
