import type { Bytes, ParsedJwt } from "@latchkey/protocol";

/** A signature algorithm (RFC 7518 section 3.1), as the arguments of `importKey` and `verify` of Web Crypto. */
export interface SignatureAlgorithm {
  /** The `alg` header. */
  readonly alg: "RS256" | "ES256";
  readonly name: string;
  readonly hash: "SHA-256";
  /** The curve of an ECDSA key. */
  readonly namedCurve?: "P-256";
}

/** The algorithm of an app's key pair, which signs webhooks and service plugin calls. */
export const rs256: SignatureAlgorithm = { alg: "RS256", name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

const minRsaBits = 2_048;

/**
 * Imports a public key.
 *
 * @throws {Error} when it is not a key for the algorithm, or an RSA key below 2,048 bits (RFC 7518 section 3.3)
 */
export async function importKey(algorithm: SignatureAlgorithm, key: JsonWebKey | Bytes): Promise<CryptoKey> {
  const { subtle } = crypto;
  const imported =
    key instanceof Uint8Array
      ? await subtle.importKey("spki", key, algorithm, false, ["verify"])
      : await subtle.importKey("jwk", key, algorithm, false, ["verify"]);
  const { modulusLength = minRsaBits } = imported.algorithm as Partial<RsaKeyAlgorithm>;
  if (modulusLength < minRsaBits) throw new RangeError("The RSA key is too short.");
  return imported;
}

/** Verifies the signature of a JWT. */
export function hasSignature(
  algorithm: SignatureAlgorithm,
  key: CryptoKey,
  { signature, signed }: Pick<ParsedJwt, "signature" | "signed">,
): Promise<boolean> {
  return crypto.subtle.verify(algorithm, key, signature, new TextEncoder().encode(signed));
}
