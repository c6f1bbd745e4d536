import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { canonicalGuid, isGuid } from "./ids.ts";
import { parseStrictJson } from "./strict-json.ts";

/** What the query parameter `instance` of an app's page holds (wire §6). It proves something to the app, and to nobody else. */
export interface InstanceParameter {
  readonly instanceId: string;
  /** The app. */
  readonly appDefId?: string;
  /** When it was signed, as ISO 8601. */
  readonly signDate?: string;
  /** When it ends, as ISO 8601. */
  readonly expirationDate?: string;
  /** The user who looks at the page; null when nobody is signed in. */
  readonly uid?: string | null;
  /** The role of the user on the site, such as `OWNER`. */
  readonly permissions?: string;
  readonly demoMode?: boolean;
  readonly siteOwnerId?: string;
  readonly siteMemberId?: string;
  readonly loginAccountId?: string;
  /** An anonymous visitor: who has one may not open a page of the dashboard. */
  readonly aid?: string;
  /** The plan that was bought. */
  readonly vendorProductId?: string | null;
  readonly originInstanceId?: string;
}

/** Why an instance parameter is refused. */
export type InvalidInstanceReason =
  | "too_large"
  | "malformed"
  | "bad_signature"
  | "invalid_field"
  | "from_future"
  | "expired";

const maxLength = 8_192;
const signatureBytes = 32;
/** How far the clocks of two machines may be apart, in milliseconds. */
const toleranceMs = 60_000;
const algorithm: HmacImportParams = { name: "HMAC", hash: "SHA-256" };

/** Makes a key of an app secret; keep it, for it is the larger part of the work. */
export function importInstanceKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [
    "sign",
    "verify",
  ]);
}

/**
 * Writes the signed parameter: the signature first, over the encoded payload and not over its JSON.
 *
 * @example
 * const key = await importInstanceKey("<APP_SECRET>");
 * const instance = await writeInstanceParameter({ instanceId: "<INSTANCE_ID>", uid: null }, key);
 */
export async function writeInstanceParameter(parameter: InstanceParameter, key: CryptoKey): Promise<string> {
  const payload = encodeBase64url(new TextEncoder().encode(JSON.stringify(parameter)));
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(payload));
  return `${encodeBase64url(new Uint8Array(signature))}.${payload}`;
}

/**
 * The app that an instance parameter says it is for. Nothing about it is proven: it tells whose secrets to check with.
 *
 * @returns undefined when the text is no instance parameter, or names no app
 */
export function unverifiedAppId(text: string): string | undefined {
  if (text.length > maxLength) return undefined;
  const [, payload = "", ...rest] = text.split(".");
  const bytes = rest.length > 0 ? undefined : decodeBase64url(payload);
  return bytes && canonicalGuid(decodeObject(bytes)?.appDefId);
}

/** What makes an instance parameter good. */
export interface InstanceCheck {
  /** Any of them may have signed it. */
  readonly keys: readonly CryptoKey[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long after `signDate` it is taken, in milliseconds, whatever `expirationDate` says. Default: any time. */
  readonly maxAgeMs?: number | undefined;
}

/**
 * Checks an instance parameter, in constant time, and reads it.
 *
 * @returns what it says, or why it is refused
 */
export async function readInstanceParameter(
  text: string,
  { keys, maxAgeMs, now }: InstanceCheck,
): Promise<{ readonly parameter: InstanceParameter } | { readonly reason: InvalidInstanceReason }> {
  if (text.length > maxLength) return { reason: "too_large" };
  const [signatureText = "", payload = "", ...rest] = text.split(".");
  const signature = decodeBase64url(signatureText);
  const bytes = decodeBase64url(payload);
  if (rest.length > 0 || signature?.length !== signatureBytes || bytes === undefined) {
    return { reason: "malformed" };
  }
  const signed = new TextEncoder().encode(payload);
  const matches = await Promise.all(
    keys.map((key) => crypto.subtle.verify(algorithm, key, signature, signed)),
  );
  if (!matches.includes(true)) return { reason: "bad_signature" };
  const fields = decodeObject(bytes);
  if (fields === undefined) return { reason: "malformed" };
  const parameter = readFields(fields);
  if (parameter === undefined) return { reason: "invalid_field" };
  const stale = staleness(parameter, { maxAgeMs, now });
  return stale === undefined ? { parameter } : { reason: stale };
}

function staleness(
  { expirationDate, signDate }: InstanceParameter,
  { maxAgeMs, now }: Pick<InstanceCheck, "now" | "maxAgeMs">,
): InvalidInstanceReason | undefined {
  const signedAt = signDate === undefined ? undefined : Date.parse(signDate);
  if (signedAt !== undefined && signedAt > now + toleranceMs) return "from_future";
  if (expirationDate !== undefined && Date.parse(expirationDate) <= now) return "expired";
  if (maxAgeMs === undefined) return undefined;
  // What does not say when it was signed has no age, and so is never young enough.
  return signedAt !== undefined && now - signedAt <= maxAgeMs ? undefined : "expired";
}

type Fields = Readonly<Record<string, unknown>>;

const ids = ["uid", "siteOwnerId", "siteMemberId", "loginAccountId", "aid", "originInstanceId"] as const;

/** The known fields; undefined when one is not what it should be. Pages print them, so none may hold markup. */
function readFields(fields: Fields): InstanceParameter | undefined {
  const texts = Object.values(fields).filter((value) => typeof value === "string");
  if (texts.some((value) => /[<>\p{Cc}]/u.test(value))) return undefined;
  const { appDefId, demoMode, expirationDate, instanceId, permissions, signDate, vendorProductId } = fields;
  if (typeof instanceId !== "string" || !isGuid(instanceId)) return undefined;
  if (!isAbsentOr(appDefId, (value) => isGuid(value))) return undefined;
  if (![signDate, expirationDate].every((value) => isAbsentOr(value, isTime))) return undefined;
  if (![permissions, vendorProductId].every((value) => isAbsentOr(value, () => true))) return undefined;
  if (!ids.every((name) => isAbsentOr(fields[name], (value) => /^[\w.:@-]{1,100}$/.test(value))))
    return undefined;
  return {
    instanceId,
    ...Object.fromEntries(
      Object.entries({ appDefId, signDate, expirationDate, permissions, ...pick(fields, ids) }).filter(
        ([name, value]) => value !== undefined && (value !== null || name === "uid"),
      ),
    ),
    ...(typeof demoMode === "boolean" ? { demoMode } : {}),
    ...(vendorProductId === undefined ? {} : { vendorProductId: vendorProductId as string | null }),
  };
}

function pick(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

/** Platforms write null and the empty text for what they do not know. */
function isAbsentOr(value: unknown, is: (text: string) => boolean): boolean {
  return value === undefined || value === null || (typeof value === "string" && is(value));
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

function decodeObject(bytes: Uint8Array): Fields | undefined {
  try {
    const parsed = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if ("fault" in parsed || typeof parsed.value !== "object" || Array.isArray(parsed.value))
      return undefined;
    return (parsed.value as Fields | null) ?? undefined;
  } catch {
    return undefined;
  }
}
