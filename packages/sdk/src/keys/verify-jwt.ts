import {
  decodeJsonObject,
  type JsonObject,
  parseJwt,
  servicePluginType,
  webhookType,
} from "@latchkey/protocol";
import { isSameIssuer } from "../http/issuer.ts";
import { redactLine } from "../http/redact.ts";
import { invalidDelivery } from "./invalid-delivery.ts";
import { hasSignature, rs256 } from "./signature.ts";
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
  /** Whether the platform's clock can be ahead. */
  readonly movableClock: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The maximum length of a JWT. Real JWTs stay far below it. */
const maxLength = 1_000_000;
/** The allowed clock difference, in seconds. */
const toleranceSeconds = 60;
/** The maximum age of a JWT, in seconds. */
const maxAgeSeconds = 3_600;

/**
 * Verifies the signature, type, audience, issuer and times of a JWT.
 *
 * @throws {LatchkeyError} `invalid_delivery` with a `reason`, `missing_public_key`, `invalid_public_key`
 */
export async function verifyJwt(text: string, expected: ExpectedJwt): Promise<JsonObject> {
  const jwt = text.length > maxLength ? undefined : parseJwt(text.trim());
  const { alg, kid, typ } = jwt?.header ?? {};
  if (jwt === undefined || (kid !== undefined && typeof kid !== "string")) {
    throw invalidDelivery(
      expected,
      "malformed",
      text.startsWith("{")
        ? "is JSON. Change the format of the webhook to jwt"
        : "is not a signed JWT. Pass the request body as unchanged text",
    );
  }
  if (alg !== rs256.alg) throw invalidDelivery(expected, "malformed", "is not signed with RS256");
  checkType(typ, expected);
  const keys = await expected.keys.candidates(kid);
  if (keys.length === 0) {
    throw invalidDelivery(
      expected,
      "unknown_key",
      "is signed with a key that the app does not have. Check publicKey and apiUrl",
    );
  }
  const verified = await Promise.all(keys.map((key) => hasSignature(rs256, key, jwt)));
  if (!verified.includes(true)) {
    throw invalidDelivery(
      expected,
      "bad_signature",
      "has an invalid signature. Check publicKey, and pass the request body unchanged",
    );
  }
  checkParties(jwt.claims, expected);
  checkTimes(jwt.claims, expected);
  return jwt.claims;
}

/**
 * Reads the kind of a JWT without verifying it. JWTs of the third-party platform have no type; there, `data` is an
 * object only in service plugin calls.
 */
export function kindOf(text: string): typeof servicePluginType | typeof webhookType {
  const [header = "", payload = ""] = text.length > maxLength ? [] : text.trim().split(".", 2);
  const type = decodeJsonObject(header)?.typ;
  if (type === servicePluginType || type === webhookType) return type;
  return typeof decodeJsonObject(payload)?.data === "object" ? servicePluginType : webhookType;
}

/** Checks the type. JWTs of the third-party platform have no type, so only a conflicting type is rejected there. */
function checkType(type: unknown, expected: ExpectedJwt): void {
  if (type === expected.type || (expected.thirdParty && (type === undefined || type === "JWT"))) return;
  throw invalidDelivery(
    expected,
    "wrong_type",
    `does not have the type ${expected.type}. Check which address receives it`,
  );
}

function checkParties({ aud, iss }: JsonObject, expected: ExpectedJwt): void {
  const { appId, issuer, thirdParty } = expected;
  if (aud !== appId && !(thirdParty && aud === undefined)) {
    throw invalidDelivery(expected, "wrong_audience", "is for another app. Check appId");
  }
  const issuers = [issuer].flat();
  if (
    !issuers.some((one) => isSameIssuer(one, iss)) &&
    !(thirdParty && (iss === undefined || iss === "wix.com"))
  ) {
    throw invalidDelivery(
      expected,
      "wrong_issuer",
      `was issued by ${redactLine(String(iss), [])}, but this app accepts ${issuers.join(" or ")}. Check apiUrl and the option issuer`,
    );
  }
}

/**
 * Checks the times (RFC 7519 section 4.1). A JWT expires at `exp`, and one hour after `iat`. The third-party platform
 * may set a longer lifetime.
 */
function checkTimes(
  { exp, iat, nbf }: JsonObject,
  { movableClock, thirdParty, ...expected }: ExpectedJwt,
): void {
  if (![exp, iat, nbf].every((time) => time === undefined || Number.isFinite(time))) {
    throw invalidDelivery(expected, "malformed", "has a time that is not a number");
  }
  const [expiresAt, issuedAt, validFrom = 0] = [exp, iat, nbf] as (number | undefined)[];
  const now = Math.floor(expected.now / 1_000);
  const latest = now + toleranceSeconds;
  const fromFuture = (issuedAt ?? 0) > latest && !(movableClock && expiresAt !== undefined);
  if (validFrom > latest || fromFuture) {
    throw invalidDelivery(
      expected,
      "from_future",
      "is not valid yet. Compare the clocks of this machine and of the platform",
    );
  }
  const tooOldAt = issuedAt === undefined ? undefined : issuedAt + maxAgeSeconds;
  const ends = [expiresAt, thirdParty && expiresAt !== undefined ? undefined : tooOldAt];
  const known = ends.filter((time) => time !== undefined);
  if (known.length === 0 || Math.min(...known) + toleranceSeconds <= now) {
    throw invalidDelivery(
      expected,
      "expired",
      "has expired. If this happens often, compare the clocks of this machine and of the platform",
    );
  }
}
