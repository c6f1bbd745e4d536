const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const notInAlphabet = 64;
const valueByCharCode: Uint8Array = valuesByCharCode(alphabet);

interface NativeEncoder {
  toBase64?(options: { alphabet: "base64url"; omitPadding: true }): string;
}
type FromBase64 = (text: string, options: { alphabet: "base64url" }) => Uint8Array<ArrayBuffer>;
interface NativeDecoder {
  readonly fromBase64?: FromBase64;
}

/**
 * Encodes bytes as base64url without padding (RFC 4648 section 5).
 *
 * @example
 * encodeBase64url(new Uint8Array([255, 239])); // "_-8"
 */
export function encodeBase64url(bytes: Uint8Array): string {
  const native = bytes as NativeEncoder;
  return native.toBase64?.({ alphabet: "base64url", omitPadding: true }) ?? encodePortably(bytes);
}

/**
 * Decodes base64url strictly: it rejects padding, white space, other alphabets and spare bits, so each byte sequence
 * has exactly one encoding (RFC 4648 sections 3.2, 3.3 and 3.5).
 *
 * @returns undefined when `text` is not valid
 * @example
 * decodeBase64url("_-8"); // Uint8Array [255, 239]
 * decodeBase64url("_-9"); // undefined: same bytes, but a spare bit is set
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1 || hasSpareBits(text)) return undefined;
  const native = (Uint8Array as NativeDecoder).fromBase64;
  return native === undefined ? decodePortably(text) : decodeNatively(text, native);
}

/** {@link encodeBase64url} for runtimes without `Uint8Array.prototype.toBase64`. */
export function encodePortably(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const characters = Math.min(bytes.length - at, 3) + 1;
    for (let index = 0; index < characters; index += 1) text += alphabet[(group >> (18 - 6 * index)) & 63];
  }
  return text;
}

/**
 * {@link decodeBase64url} for runtimes without `Uint8Array.fromBase64`. The caller has checked the length and the
 * spare bits.
 */
export function decodePortably(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(decodedLength(text));
  let group = 0;
  let bits = 0;
  let written = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = valueAt(text, at);
    if (value === notInAlphabet) return undefined;
    group = ((group << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[written] = group >> bits;
    written += 1;
  }
  return bytes;
}

function decodeNatively(text: string, decode: FromBase64): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bytes = decode(text, { alphabet: "base64url" });
    // The native decoder skips white space and padding. Then the result is shorter than the text implies.
    return bytes.length === decodedLength(text) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function hasSpareBits(text: string): boolean {
  const rest = text.length % 4;
  if (rest === 0) return false;
  return (valueAt(text, text.length - 1) & (rest === 2 ? 0b1111 : 0b11)) !== 0;
}

function valueAt(text: string, index: number): number {
  return valueByCharCode[text.charCodeAt(index)] ?? notInAlphabet;
}

function decodedLength(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

function valuesByCharCode(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(notInAlphabet);
  for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;
  return values;
}
