import { LatchkeyError } from "../errors.ts";
import type { KeySet } from "./key-set.ts";
import { importPublicKey } from "./public-key.ts";

/** The keys that verify requests from the platform to an app. */
export interface VerificationKeys {
  /**
   * Returns the keys that can have signed a JWT.
   *
   * @param kid the key ID in the header, if present
   * @throws {LatchkeyError} `missing_public_key`, `invalid_public_key`, or an error of the request for the keys
   */
  candidates(kid: string | undefined): Promise<readonly CryptoKey[]>;
}

/**
 * Uses the given keys, or without them the published keys of the app. Given keys are pinned: published keys are then
 * not fetched.
 *
 * @param published undefined when the platform publishes no keys
 */
export function createVerificationKeys(
  given: readonly string[],
  published: KeySet | undefined,
): VerificationKeys {
  let imported: Promise<readonly CryptoKey[]> | undefined;
  return {
    async candidates(kid) {
      if (given.length > 0) {
        imported ??= Promise.all(given.map(importPublicKey));
        return await imported;
      }
      if (published === undefined) {
        throw new LatchkeyError(
          "missing_public_key",
          "publicKey is missing, so signatures cannot be verified. Copy it from the app's page, or set apiUrl to a platform that publishes the keys of its apps.",
        );
      }
      const key = kid === undefined ? undefined : await published.find(kid);
      return key === undefined ? [] : [key];
    },
  };
}
