import { crc32 } from "./crc32.ts";

/** Says what a secret opens: `lks_` is an app's secret, `lka_` a key to the management API. */
export type SecretPrefix = "lks_" | "lka_";

/** The parts of a well-formed secret. */
export interface ParsedSecret {
  readonly prefix: SecretPrefix;
  /** The 32 random bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Prefix of app secrets. */
export const APP_SECRET_PREFIX: SecretPrefix = "lks_";
/** Prefix of keys to the management API. */
export const API_KEY_PREFIX: SecretPrefix = "lka_";

/** Finds secrets in text: for scanners and for redaction. The checksum tells a real one from a look-alike. */
export const SECRET_PATTERN: RegExp = /\bl(?:ks|ka)_[0-9A-Za-z]{49}\b/;

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomBytes = 32;
const randomLimit = 1n << 256n;
const randomDigits = 43;
const checksumDigits = 6;
const secretForm = /^(l(?:ks|ka)_)([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/**
 * Writes 256 random bits as a secret: prefix, 43 base62 digits, and 6 more that are the CRC-32 of all before them,
 * so that a scanner can find one and tell it from a look-alike without asking anybody.
 *
 * @param bytes exactly 32 bytes from a cryptographic random source
 * @throws {TypeError} when there are more or fewer
 * @example
 * formatSecret(crypto.getRandomValues(new Uint8Array(32)), APP_SECRET_PREFIX);
 */
export function formatSecret(bytes: Uint8Array, prefix: SecretPrefix): string {
  if (bytes.length !== randomBytes) throw new TypeError("A secret is made of exactly 32 random bytes.");
  const body = prefix + toBase62(bytesToInteger(bytes), randomDigits);
  return body + checksum(body);
}

/**
 * Takes a secret apart.
 *
 * @returns its parts, or undefined when its form or its checksum is wrong
 */
export function parseSecret(text: string): ParsedSecret | undefined {
  const [, prefix, digits, check] = secretForm.exec(text) ?? [];
  if (prefix === undefined || digits === undefined || check !== checksum(prefix + digits)) return undefined;
  const integer = fromBase62(digits);
  if (integer >= randomLimit) return undefined;
  return { prefix: prefix as SecretPrefix, bytes: integerToBytes(integer) };
}

/** Tells whether a text is a well-formed secret of Latchkey, of either prefix. */
export function isLatchkeySecret(text: string): boolean {
  return parseSecret(text) !== undefined;
}

/** Tells whether a text begins like a secret of Latchkey, even one cut short or mistyped. */
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
