import { type Bytes, decodeBase64url } from "@latchkey/protocol";
import { LatchkeyError } from "../errors.ts";
import { importKey, rs256 } from "./signature.ts";

const remedy = "Pass what GET /admin/v1/apps/:appId/public-key returns, as PEM or base64";
const incomplete = `is not a complete RSA key of at least 2048 bits. ${remedy}`;

/** The length of the shortest accepted key, an RSA key of 2048 bits, in bytes. */
const minBytes = 270;

/**
 * Reads a public key from PEM or from base64 of PEM. Line breaks can be real, escaped as `\n`, or replaced by
 * spaces, as in files and environment variables.
 *
 * @throws {LatchkeyError} `invalid_public_key`
 */
export function readPublicKey(text: string): Bytes {
  if (typeof text !== "string" || text === "") throw invalid(`is missing or no text. ${remedy}`);
  const pem = text.includes("-----BEGIN") ? text : decodeBase64(text);
  if (pem?.includes("BEGIN RSA PUBLIC KEY")) {
    throw invalid("is PKCS#1. Convert it: openssl rsa -RSAPublicKey_in -in key.pem -pubout");
  }
  if (pem?.includes("PRIVATE KEY")) {
    throw invalid(`is a private key, which only the platform may have. ${remedy}`);
  }
  const body = pem?.match(/-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----/)?.[1];
  const bytes = body === undefined ? undefined : bytesOf(body.replaceAll(/\\r|\\n|\s/g, ""));
  if (bytes === undefined) throw invalid(`is not a public key. ${remedy}`);
  if (bytes.length < minBytes) throw invalid(incomplete);
  return bytes;
}

/**
 * Imports a public key.
 *
 * @throws {LatchkeyError} `invalid_public_key`
 */
export async function importPublicKey(text: string): Promise<CryptoKey> {
  const bytes = readPublicKey(text);
  try {
    return await importKey(rs256, bytes);
  } catch (cause) {
    throw invalid(incomplete, cause);
  }
}

function decodeBase64(text: string): string | undefined {
  const bytes = bytesOf(text.replaceAll(/\s/g, ""));
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function bytesOf(base64: string): Bytes | undefined {
  return decodeBase64url(base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
}

function invalid(why: string, cause?: unknown): LatchkeyError {
  return new LatchkeyError("invalid_public_key", `publicKey ${why}.`, cause === undefined ? {} : { cause });
}
