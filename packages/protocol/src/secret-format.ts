/** The kind of a secret: `lks_` for an app secret, `lka_` for a key of the management API. */
export type SecretPrefix = "lks_" | "lka_";

/** A parsed secret. */
export interface ParsedSecret {
  readonly prefix: SecretPrefix;
  /** 32 random bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The prefix of app secrets. */
export const appSecretPrefix: SecretPrefix = "lks_";
/** The prefix of keys of the management API. */
export const apiKeyPrefix: SecretPrefix = "lka_";

/** Matches secrets in text, for secret scanners and redaction. {@link parseSecret} checks the checksum too. */
export const secretPattern: RegExp = /\bl(?:ks|ka)_[0-9A-Za-z]{49}\b/;

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomBytes = 32;
const randomLimit = 1n << 256n;
const randomDigits = 43;
const checksumDigits = 6;
const crcTable: Uint32Array = createCrcTable();
const secretForm = /^(l(?:ks|ka)_)([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

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

/**
 * Parses a secret.
 *
 * @returns undefined when the format or the checksum is wrong
 */
export function parseSecret(text: string): ParsedSecret | undefined {
  const [, prefix, digits, check] = secretForm.exec(text) ?? [];
  if (prefix === undefined || digits === undefined || check !== checksum(prefix + digits)) return undefined;
  const integer = fromBase62(digits);
  if (integer >= randomLimit) return undefined;
  return { prefix: prefix as SecretPrefix, bytes: integerToBytes(integer) };
}

/** Checks whether a text starts with the prefix of a Latchkey secret, even if the rest is incomplete. */
export function hasLatchkeyPrefix(text: string): boolean {
  return /^\s*l(?:ks|ka)_/.test(text);
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

function fromBase62(text: string): bigint {
  let integer = 0n;
  for (const digit of text) integer = integer * 62n + BigInt(base62Digits.indexOf(digit));
  return integer;
}

function bytesToInteger(bytes: Uint8Array): bigint {
  let integer = 0n;
  for (const byte of bytes) integer = (integer << 8n) | BigInt(byte);
  return integer;
}

function integerToBytes(integer: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(randomBytes);
  for (let index = 0; index < randomBytes; index += 1) {
    bytes[index] = Number((integer >> BigInt(8 * (randomBytes - 1 - index))) & 0xffn);
  }
  return bytes;
}

/** Computes the CRC-32 of gzip (RFC 1952 section 8). It detects typing errors; it is not a security check. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function createCrcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
}
