import { OAuthError } from "../../../infrastructure/errors/index.ts";
import { bodyType, parseStrictJson, readText } from "../../../infrastructure/http/index.ts";

/** The parameters of a request to an OAuth endpoint, by their names in the RFCs. */
export type TokenParameters = ReadonlyMap<string, string>;

// Other spellings that clients of the wire protocol send.
const spellings: ReadonlyMap<string, string> = new Map([
  ["grantType", "grant_type"],
  ["clientId", "client_id"],
  ["clientSecret", "client_secret"],
  ["instanceId", "instance_id"],
  ["accessToken", "access_token"],
  ["refreshToken", "refresh_token"],
  ["redirectUri", "redirect_uri"],
  ["codeVerifier", "code_verifier"],
]);

const known = new Set([
  "grant_type",
  "client_id",
  "client_secret",
  "instance_id",
  "access_token",
  "code",
  "redirect_uri",
  "code_verifier",
  "refresh_token",
  "scope",
  "resource",
  "token",
  "token_type_hint",
]);

/** Parameters whose empty value is not ignored: an empty `scope` does not mean every scope. */
const keptWhenEmpty = new Set(["scope", "token"]);

const neverInUrl = [...known, ...spellings.keys()].filter((name) => !/^(scope|resource)$/.test(name));

/**
 * Reads the parameters of a request from JSON or a form. Each parameter is a string and is given once. Unknown
 * parameters and parameters without a value are ignored (RFC 6749 §3.2). Throws `invalid_request` with 400, 413 or 415.
 */
export async function readTokenParameters(request: Request): Promise<TokenParameters> {
  refuseParametersInUrl(request.url);
  const type = bodyType(request.headers, ["json", "form"]);
  const text = await readText(request);
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of type === "json" ? jsonMembers(text) : formMembers(text)) {
    const standard = spellings.get(name) ?? name;
    if (!known.has(standard)) continue;
    if (typeof value !== "string") throw invalid(`${standard} must be a string.`);
    if (seen.has(standard)) throw invalid(`${standard} is given twice.`);
    seen.add(standard);
    if (value !== "" || keptWhenEmpty.has(standard)) parameters.set(standard, value);
  }
  return parameters;
}

/** Throws `invalid_request` when the parameter is missing or empty. */
export function requireParameter(parameters: TokenParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === "") throw invalid(`${name} is missing.`);
  return value;
}

function jsonMembers(text: string): [string, unknown][] {
  const parsed = parseStrictJson(text);
  if ("fault" in parsed) {
    throw invalid(
      parsed.fault === "DUPLICATE_KEY" ? "The body names the same key twice." : "The body is not valid JSON.",
    );
  }
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("The body must be a JSON object.");
  }
  const members = Object.entries(value);
  if (members.some(([, member]) => typeof member === "object" && member !== null)) {
    throw invalid("Every parameter must be a plain value, not an object or an array.");
  }
  return members;
}

function formMembers(text: string): [string, string][] {
  const pairs = text.split("&").filter((pair) => pair !== "");
  const members = pairs.map(formMember);
  const names = new Set(members.map(([name]) => name));
  if (names.size !== members.length) throw invalid("The body names the same key twice.");
  if (names.has("__proto__")) throw invalid("The body is not a valid form.");
  return members;
}

function formMember(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
  try {
    return [decodeFormText(name), decodeFormText(value)];
  } catch {
    throw invalid("The body is not a valid form.");
  }
}

/** Decodes `application/x-www-form-urlencoded`. Throws `URIError` for invalid escapes and bytes that are not UTF-8. */
export function decodeFormText(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** Rejects secrets, tokens and ids in the URL, because URLs are written to logs and histories. */
function refuseParametersInUrl(url: string): void {
  const start = url.indexOf("?");
  if (start === -1) return;
  const query = new URLSearchParams(url.slice(start));
  if (neverInUrl.some((name) => query.has(name))) {
    throw invalid("Send parameters in the body, never in the URL. If a secret was sent there, replace it.");
  }
}

function invalid(description: string): OAuthError {
  return new OAuthError("invalid_request", description);
}
