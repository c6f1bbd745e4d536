interface NativeEncoder {
  toBase64?(options: { alphabet: "base64url"; omitPadding: true }): string;
}
/** `Uint8Array<ArrayBuffer>`, which TypeScript before 5.7 cannot write. */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;

type FromBase64 = (text: string, options: { alphabet: "base64url" }) => Bytes;
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
export function decodeBase64url(text: string): Bytes | undefined {
  try {
    const decode = (Uint8Array as NativeDecoder).fromBase64 ?? decodePortably;
    const bytes = decode(text, { alphabet: "base64url" });
    return encodeBase64url(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** {@link encodeBase64url} for runtimes without `Uint8Array.prototype.toBase64`. */
export function encodePortably(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Decodes for runtimes without `Uint8Array.fromBase64`. Throws for some invalid texts. */
export function decodePortably(text: string): Bytes {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
