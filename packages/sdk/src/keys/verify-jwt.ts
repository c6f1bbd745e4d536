import { decodeBase64url, parseStrictJson, servicePluginType, webhookType } from "@latchkey/protocol";
import { type InvalidDeliveryReason, LatchkeyError } from "../errors.ts";
import { rs256 } from "./rsa-keys.ts";
import type { VerificationKeys } from "./verification-keys.ts";

/** The requirements for a JWT from the platform. */
export interface ExpectedJwt {
  /** The name of the JWT in errors, such as `webhook`. */
  readonly what: string;
  /** The required `typ` header. */
  readonly type: string;
  /** Whether the issuer is the public third-party platform, which omits some headers and claims. */
  readonly thirdParty: boolean;
  readonly appId: string;
  /** The accepted issuers. */
  readonly issuer: string | readonly string[];
  readonly keys: VerificationKeys;
  /** Epoch milliseconds. */
  readonly now: number;
}

export type Claims = Readonly<Record<string, unknown>>;

/** The maximum length of a JWT. Real JWTs stay far below it. */
const maxLength = 1_000_000;
/** The allowed clock difference, in seconds. */
const toleranceSeconds = 60;
/** The maximum age of a JWT without `exp`, in seconds. */
const maxAgeSeconds = 3_600;

/**
 * Verifies the signature, type, audience, issuer and expiry of a JWT.
 *
 * @throws {LatchkeyError} `invalid_delivery` with a `reason`, `missing_public_key`, `invalid_public_key`
 */
export async function verifyJwt(text: string, expected: ExpectedJwt): Promise<Claims> {
  const { header, payload, signature, signed } = splitJwt(text.trim(), expected.what);
  if (header.alg !== "RS256") throw invalidDelivery(expected, "malformed", "is not signed with RS256");
  checkType(header.typ, expected);
  const kid = typeof header.kid === "string" ? header.kid : undefined;
  const keys = await expected.keys.candidates(kid);
  if (keys.length === 0)
    throw invalidDelivery(
      expected,
      "unknown_key",
      "is signed with a key that the app does not have. Check publicKey and apiUrl",
    );
  const verified = await Promise.all(keys.map((key) => crypto.subtle.verify(rs256, key, signature, signed)));
  if (!verified.includes(true)) {
    throw invalidDelivery(
      expected,
      "bad_signature",
      "has an invalid signature. Check publicKey, and pass the request body unchanged",
    );
  }
  checkClaims(payload, expected);
  return payload;
}

/**
 * Reads the kind of a JWT without verifying it. JWTs of the third-party platform have no type; there, `data` is an
 * object only in service plugin calls.
 */
export function kindOf(text: string): typeof servicePluginType | typeof webhookType {
  const [header = "", payload = ""] = text.length > maxLength ? [] : text.trim().split(".");
  const type = decodeObject(header)?.typ;
  if (type === servicePluginType || type === webhookType) return type;
  return typeof decodeObject(payload)?.data === "object" ? servicePluginType : webhookType;
}

function splitJwt(text: string, what: string) {
  const parts = text.length > maxLength ? [] : text.split(".");
  const [headerPart = "", payloadPart = "", signaturePart = ""] = parts;
  const header = decodeObject(headerPart);
  const payload = decodeObject(payloadPart);
  const signature = decodeBase64url(signaturePart);
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    throw invalidDelivery(
      { what },
      "malformed",
      "is not a signed JWT. Pass the request body as unchanged text",
    );
  }
  return { header, payload, signature, signed: new TextEncoder().encode(`${headerPart}.${payloadPart}`) };
}

/** Checks the type. JWTs of the third-party platform have no type, so only a conflicting type is rejected there. */
function checkType(type: unknown, expected: ExpectedJwt): void {
  if (type === expected.type || (expected.thirdParty && (type === undefined || type === "JWT"))) return;
  throw invalidDelivery(expected, "wrong_type", `does not have the type ${expected.type}`);
}

function checkClaims({ aud, exp, iat, iss }: Claims, expected: ExpectedJwt): void {
  const { appId, issuer, thirdParty } = expected;
  if (aud !== appId && !(thirdParty && aud === undefined)) {
    throw invalidDelivery(expected, "wrong_audience", "is for another app");
  }
  const issuers = [issuer].flat();
  if (!issuers.some((one) => one === iss) && !(thirdParty && (iss === undefined || iss === "wix.com"))) {
    throw invalidDelivery(
      expected,
      "wrong_issuer",
      `was not issued by ${issuers.join(" or ")}. Check the option issuer`,
    );
  }
  const now = Math.floor(expected.now / 1_000);
  const expiresAt = typeof exp === "number" ? exp : typeof iat === "number" ? iat + maxAgeSeconds : undefined;
  if (expiresAt === undefined || expiresAt + toleranceSeconds <= now) {
    throw invalidDelivery(
      expected,
      "expired",
      "has expired. If this happens often, compare the clocks of this machine and of the platform",
    );
  }
}

function decodeObject(part: string): Claims | undefined {
  const bytes = decodeBase64url(part);
  if (bytes === undefined) return undefined;
  try {
    const parsed = parseStrictJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const isObject = "value" in parsed && typeof parsed.value === "object" && !Array.isArray(parsed.value);
    return isObject && parsed.value !== null ? (parsed.value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/** Creates an error. The message contains no part of the JWT. */
export function invalidDelivery(
  { what }: { what: string },
  reason: InvalidDeliveryReason,
  why: string,
): LatchkeyError {
  return new LatchkeyError("invalid_delivery", `The ${what} ${why}.`, { reason });
}
