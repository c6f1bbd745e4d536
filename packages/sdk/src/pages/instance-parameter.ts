import {
  type InstanceParameter,
  importInstanceKey,
  readInstanceParameter as readParameter,
} from "@latchkey/protocol";
import { createBoundedCache } from "../bounded-cache.ts";
import { type Clock, systemClock } from "../clock.ts";
import { LatchkeyError } from "../errors.ts";

/** Options of {@link readInstanceParameter}. */
export interface InstanceParameterOptions {
  /** The secrets that can have signed the parameter. Pass several during a rotation. */
  readonly secrets: readonly string[];
  /**
   * The maximum age since `signDate`, in milliseconds; it applies in addition to `expirationDate`. Default: 4 hours.
   */
  readonly maxAge?: number | undefined;
  /** The source of time. Default: the system clock. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

const fourHoursMs = 14_400_000;
const maxKeys = 64;
/** Imported keys by secret. The import is the slowest step of a check, and an app has few secrets. */
const keys = createBoundedCache<Promise<CryptoKey>>(maxKeys);

/**
 * Verifies the query parameter `instance` of an app's page in constant time, and parses it.
 *
 * @throws {LatchkeyError} `invalid_instance_parameter` with a `reason`: `too_large`, `malformed`, `bad_signature`,
 *   `invalid_field`, `from_future` or `expired`; `missing_credentials` without secrets
 * @example
 * import { readInstanceParameter } from "@latchkey/sdk";
 *
 * export async function userOf(url: URL): Promise<string | null | undefined> {
 *   const value = url.searchParams.get("instance") ?? "";
 *   return (await readInstanceParameter(value, { secrets: ["<APP_SECRET>"] })).uid;
 * }
 */
export async function readInstanceParameter(
  value: string,
  options: InstanceParameterOptions,
): Promise<InstanceParameter> {
  const { clock = systemClock, maxAge = fourHoursMs, secrets } = options;
  if (secrets.length === 0 || secrets.some((secret) => typeof secret !== "string" || secret === "")) {
    throw new LatchkeyError(
      "missing_credentials",
      "secrets is empty. Pass the app secret that signs the instance parameter.",
    );
  }
  const imported = await Promise.all(secrets.map(keyOf));
  const read = await readParameter(String(value), { keys: imported, now: clock.now(), maxAgeMs: maxAge });
  if ("reason" in read) throw invalidParameter(read.reason, texts[read.reason]);
  return read.parameter;
}

const texts = {
  too_large: "is too long",
  malformed: "does not have the form <signature>.<payload>. Pass the value from the URL, decoded once",
  bad_signature: "has an invalid signature. Check the app secret, and pass the value unchanged",
  invalid_field: "has a field that is not valid",
  from_future:
    "was signed in the future. Compare the clocks of this machine and of the platform. " +
    'In development, the clock may have been moved: set it back with POST /admin/v1/dev/clock {"reset":true}',
  expired: "has expired. Open the page again",
} as const;

/** Creates an error. The message contains no part of the parameter. */
export function invalidParameter(reason: string, why: string): LatchkeyError {
  return new LatchkeyError("invalid_instance_parameter", `The instance parameter ${why}.`, { reason });
}

function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  const key = importInstanceKey(secret);
  keys.set(secret, key);
  return key;
}
