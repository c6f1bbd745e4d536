import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { canonicalGuid, isGuid } from "./ids.ts";
import { decodeJsonObject } from "./jwt.ts";
import type { JsonObject } from "./strict-json.ts";

/**
 * The payload of the query parameter `instance` of an app's page (wire §6). Only the app can verify it, with its
 * secret.
 */
export interface InstanceParameter {
  readonly instanceId: string;
  /** The ID of the app. */
  readonly appDefId?: string;
  /** The time of signing, in ISO 8601. */
  readonly signDate?: string;
  /** The time of expiry, in ISO 8601. */
  readonly expirationDate?: string;
  /** The ID of the user who opened the page; null when no user is signed in. */
  readonly uid?: string | null;
  /** The user's role on the site, such as `OWNER`. */
  readonly permissions?: string;
  readonly demoMode?: boolean;
  readonly siteOwnerId?: string;
  readonly siteMemberId?: string;
  readonly loginAccountId?: string;
  /** The ID of an anonymous visitor. A visitor must not see a page of the dashboard. */
  readonly aid?: string;
  /** The plan that the site owner bought. */
  readonly vendorProductId?: string | null;
  readonly originInstanceId?: string;
}

/** The reason why an instance parameter is not valid. */
export type InvalidInstanceReason =
  | "too_large"
  | "malformed"
  | "bad_signature"
  | "invalid_field"
  | "from_future"
  | "expired";

const maxLength = 8_192;
const signatureBytes = 32;
/** The allowed clock difference between two machines, in milliseconds. */
const toleranceMs = 60_000;
const algorithm: HmacImportParams = { name: "HMAC", hash: "SHA-256" };

/** Imports an app secret as an HMAC key. Reuse the key: the import is the slowest step of a check. */
export function importInstanceKey(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [
    "sign",
    "verify",
  ]);
}

/**
 * Signs an instance parameter. The signature comes first and covers the encoded payload.
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
 * Reads the app ID of an instance parameter without verifying the signature. Use it to find the secrets to verify
 * with.
 *
 * @returns undefined when the text is not an instance parameter, or has no app ID
 */
export function unverifiedAppId(text: string): string | undefined {
  if (text.length > maxLength) return undefined;
  const [, payload = "", ...rest] = text.split(".", 3);
  return rest.length > 0 ? undefined : canonicalGuid(decodeJsonObject(payload)?.appDefId);
}

/** How to verify an instance parameter. */
export interface InstanceCheck {
  /** The accepted keys. */
  readonly keys: readonly CryptoKey[];
  /** Epoch milliseconds. */
  readonly now: number;
  /**
   * The maximum age since `signDate`, in milliseconds; it applies in addition to `expirationDate`. Default: no limit.
   */
  readonly maxAgeMs?: number | undefined;
}

/**
 * Verifies an instance parameter in constant time and parses it.
 *
 * @returns the parameter, or the reason why it is not valid
 */
export async function readInstanceParameter(
  text: string,
  { keys, maxAgeMs, now }: InstanceCheck,
): Promise<{ readonly parameter: InstanceParameter } | { readonly reason: InvalidInstanceReason }> {
  if (text.length > maxLength) return { reason: "too_large" };
  const [signatureText = "", payload = "", ...rest] = text.split(".", 3);
  const signature = decodeBase64url(signatureText);
  if (rest.length > 0 || signature?.length !== signatureBytes || decodeBase64url(payload) === undefined) {
    return { reason: "malformed" };
  }
  const signed = new TextEncoder().encode(payload);
  const matches = await Promise.all(
    keys.map((key) => crypto.subtle.verify(algorithm, key, signature, signed)),
  );
  if (!matches.includes(true)) return { reason: "bad_signature" };
  const fields = decodeJsonObject(payload);
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
  // Without `signDate` the age is unknown, so the parameter counts as expired.
  return signedAt !== undefined && now - signedAt <= maxAgeMs ? undefined : "expired";
}

const ids = ["uid", "siteOwnerId", "siteMemberId", "loginAccountId", "aid", "originInstanceId"] as const;

/** Returns the known fields, or undefined when one is not valid. Pages print these fields, so markup is rejected. */
function readFields(fields: JsonObject): InstanceParameter | undefined {
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

function pick(fields: JsonObject, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

/** Platforms write null or an empty string for unknown values. */
function isAbsentOr(value: unknown, is: (text: string) => boolean): boolean {
  return value === undefined || value === null || (typeof value === "string" && is(value));
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}
