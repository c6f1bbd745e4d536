import { hasLatchkeyPrefix } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import { redactLine } from "./redact.ts";

/** The URL of the API, and the URLs that tokens may be sent to. */
export interface ApiUrl {
  /** Without a trailing slash. */
  readonly base: string;
  readonly tokenEndpoint: string;
  readonly tokenInfoEndpoint: string;
  /** Whether the URL is the public third-party platform. */
  readonly thirdParty: boolean;
  /**
   * Returns the full URL of a path, or of a URL at the same origin. URLs of the third-party platform, which code
   * written for it contains, are mapped to this API.
   *
   * @throws {LatchkeyError} `foreign_host` for any other URL
   */
  resolve(pathOrUrl: string | URL): string;
}

const defaultApiUrl = "https://www.wixapis.com";
const defaultHost = "wixapis.com";
const httpHosts = "localhost, 127.0.0.0/8 and ::1";
/** Paths that people copy with the URL of the platform. */
const apiPath =
  /\/(?:admin(?:\/v1)?|oauth2?(?:\/[\w-]+)?|(?:stores|apps)\/v\d|docs|openapi\.json|\.well-known\/.*)\/?$/;
const thirdPartyOrigins: readonly string[] = [defaultApiUrl, "https://edge.wixapis.com"];

/**
 * Resolves the API URL: the option, else the environment variable `LATCHKEY_URL`, else the public platform. A
 * Latchkey secret is never sent to the public platform.
 *
 * @throws {LatchkeyError} `missing_api_url`, `invalid_api_url` or `insecure_api_url`
 */
export function resolveApiUrl(option: string | undefined, appSecret: string): ApiUrl {
  const name = option === undefined ? "LATCHKEY_URL" : "apiUrl";
  const url = parseApiUrl(
    name,
    option ?? environmentUrl() ?? defaultApiUrl,
    "the app secret and every token",
  );
  const path = apiPath.exec(url.pathname)?.[0];
  if (path !== undefined) {
    throw new LatchkeyError(
      "invalid_api_url",
      `${name} ends with the path ${path} of an API. Pass the URL of the platform without it.`,
    );
  }
  if (hasLatchkeyPrefix(appSecret) && isDefaultHost(url.hostname)) {
    throw new LatchkeyError(
      "missing_api_url",
      `This app secret belongs to a Latchkey platform and is never sent to ${url.hostname}. ` +
        "Set the option apiUrl or the environment variable LATCHKEY_URL to the platform's URL.",
    );
  }
  const base = url.origin + url.pathname.replace(/\/+$/, "");
  return {
    base,
    tokenEndpoint: `${base}/oauth2/token`,
    tokenInfoEndpoint: `${base}/oauth2/token-info`,
    thirdParty: isDefaultHost(url.hostname),
    resolve(pathOrUrl) {
      const text = String(pathOrUrl);
      // A fast path without URL parsing. The leading slash guarantees that the host does not change.
      if (text.startsWith("/")) return base + text;
      const target = parse(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `${base}/${text}`);
      const plain = target !== undefined && target.username === "" && target.password === "";
      if (plain && target.origin === url.origin) return target.href;
      if (plain && thirdPartyOrigins.includes(target.origin)) return base + target.pathname + target.search;
      throw new LatchkeyError(
        "foreign_host",
        `The access token is sent to ${url.origin} only. Pass a path, or use fetch without a token for other hosts.`,
      );
    },
  };
}

/**
 * Resolves the URL of an API other than the platform's own. Its tokens are sent only to this URL and to paths below
 * it.
 *
 * @throws {LatchkeyError} `invalid_api_url` or `insecure_api_url`
 */
export function resolveResourceUrl(option: string | URL): Pick<ApiUrl, "base" | "resolve"> {
  const url = parseApiUrl("url", String(option), "every token");
  const base = url.origin + url.pathname.replace(/\/+$/, "");
  return {
    base,
    resolve(pathOrUrl) {
      const text = String(pathOrUrl);
      const full = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `${base}/${text.replace(/^\//, "")}`;
      // Parsed, so that `..` cannot leave the base path.
      const target = parse(full);
      const plain = target !== undefined && target.username === "" && target.password === "";
      if (plain && isUnder(target, base)) return target.href;
      throw new LatchkeyError(
        "foreign_host",
        `The access token for this API is sent to ${base} and paths below it only. Pass a path of the API.`,
      );
    },
  };
}

function isUnder({ origin, pathname }: URL, base: string): boolean {
  return `${origin}${pathname}/`.startsWith(`${base}/`);
}

function parseApiUrl(name: string, text: string, exposed: string): URL {
  const url = parse(text);
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  ) {
    throw new LatchkeyError(
      "invalid_api_url",
      // A user name or a query can contain a secret.
      `${name} ${/[@?#]/.test(text) ? "" : `${JSON.stringify(redactLine(text, []))} `}is not a valid URL of an API. ` +
        `It must begin with https://, or with http:// for ${httpHosts}, and have no user name, query and fragment.${hintFor(text)}`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new LatchkeyError(
      "insecure_api_url",
      `http would expose ${exposed} on the network to ${url.hostname}. ` +
        `Use https in ${name}; http is allowed for ${httpHosts} only.`,
    );
  }
  return url;
}

function hintFor(text: string): string {
  if (/^\s*["'“”‘’]/.test(text)) return " Remove the quotation marks.";
  // Only a plain host and path is repeated. Other text can contain a secret.
  const isPlain =
    /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) && redactLine(text, []) === text && text.length < 200;
  const host = isPlain ? parse(`http://${text}`)?.hostname : undefined;
  return host ? ` Did you mean ${isLoopback(host) ? "http" : "https"}://${text}?` : "";
}

function isLoopback(hostname: string): boolean {
  // The URL parser has normalized every form of an IPv4 address.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function isDefaultHost(hostname: string): boolean {
  const name = hostname.replace(/\.$/, "");
  return name === defaultHost || name.endsWith(`.${defaultHost}`);
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function environmentUrl(): string | undefined {
  const runtime = globalThis as { process?: { env?: { LATCHKEY_URL?: string } } };
  try {
    return runtime.process?.env?.LATCHKEY_URL || undefined;
  } catch {
    // Deno without the permission to read the environment.
    return undefined;
  }
}
