import { LatchkeyError } from "../errors.ts";
import type { KeySet } from "./key-set.ts";
import { importPublicKey } from "./rsa-keys.ts";

/** The keys that may have signed what is for an app. */
export interface VerificationKeys {
  /**
   * @param kid the key that a header names, if it names one
   * @throws {LatchkeyError} `missing_public_key`, `invalid_public_key`, or what fetching the keys throws
   */
  candidates(kid: string | undefined): Promise<readonly CryptoKey[]>;
}

/**
 * The keys that were given; without them, those that the platform publishes for the app. Given ones are final: what
 * somebody has pinned is not fetched.
 *
 * @param published undefined where nobody publishes any
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
          "publicKey is missing: without it nothing can be checked. Copy it from the app's page, or set apiUrl to a platform that publishes the keys of its apps.",
        );
      }
      const key = kid === undefined ? undefined : await published.find(kid);
      return key === undefined ? [] : [key];
    },
  };
}
