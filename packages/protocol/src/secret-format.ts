/** The kind of a secret: each has its own constant below. */
export type SecretPrefix = "lks_" | "lka_" | "lkr_" | "lkc_" | "lki_";

/** The prefix of app secrets. */
export const appSecretPrefix: SecretPrefix = "lks_";
/** The prefix of keys of the management API. */
export const apiKeyPrefix: SecretPrefix = "lka_";
/** The prefix of refresh tokens of the legacy flow. */
export const refreshTokenPrefix: SecretPrefix = "lkr_";
/** The prefix of authorization codes of the legacy flow. */
export const codePrefix: SecretPrefix = "lkc_";
/** The prefix of install tokens of the legacy flow. */
export const installTokenPrefix: SecretPrefix = "lki_";

/** Matches secrets in text, for secret scanners and redaction. */
export const secretPattern: RegExp = /\blk[sarci]_[0-9A-Za-z]{49}\b/;

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomBytes = 32;
const randomDigits = 43;
const checksumDigits = 6;

/**
 * Formats 256 random bits as a secret: the prefix, 43 base62 digits, and a CRC-32 as 6 base62 digits. With the
 * checksum, a secret scanner can recognize a secret offline.
 *
 * @param bytes exactly 32 bytes from a cryptographic random source
 * @throws {TypeError} when `bytes` has another length
 * @example
 * formatSecret(crypto.getRandomValues(new Uint8Array(32)), appSecretPrefix);
 */
export function formatSecret(bytes: Uint8Array, prefix: SecretPrefix): string {
  if (bytes.length !== randomBytes) throw new TypeError("bytes must have a length of exactly 32.");
  const body = prefix + toBase62(bytesToInteger(bytes), randomDigits);
  return body + checksum(body);
}

/** Checks whether a text starts with the prefix of a Latchkey secret, even if the rest is incomplete. */
export function hasLatchkeyPrefix(text: string): boolean {
  return /^\s*lk[sarci]_/.test(text);
}

function checksum(body: string): string {
  return toBase62(BigInt(crc32(new TextEncoder().encode(body))), checksumDigits);
}

function toBase62(integer: bigint, digits: number): string {
  let rest = integer;
  let text = "";
  for (let index = 0; index < digits; index += 1) {
    text = base62Digits.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

function bytesToInteger(bytes: Uint8Array): bigint {
  let integer = 0n;
  for (const byte of bytes) integer = (integer << 8n) | BigInt(byte);
  return integer;
}

/** Computes the CRC-32 of gzip (RFC 1952 section 8). It detects typing errors; it is not a security check. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
