import { type Bytes, decodeBase64url } from "./base64url.ts";
import { type JsonObject, parseStrictObject } from "./strict-json.ts";

/** A JWT in compact serialization (RFC 7515 section 3.1, RFC 7519). Its signature is not verified. */
export interface ParsedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The signing input: `<header>.<payload>`. */
  readonly signed: string;
  readonly signature: Bytes;
}

/**
 * Parses a JWT strictly: three parts of canonical base64url, and JSON objects in UTF-8 without duplicate keys.
 *
 * @returns undefined when `text` is not a JWT, or when its header has `crit` or `b64` (RFC 7515 section 4.1.11, RFC
 *   7797): no extension is supported
 */
export function parseJwt(text: string): ParsedJwt | undefined {
  const parts = text.split(".", 4);
  const [headerPart = "", payloadPart = "", signaturePart = ""] = parts;
  const signature = decodeBase64url(signaturePart);
  if (parts.length !== 3 || signature === undefined) return undefined;
  const header = decodeJsonObject(headerPart);
  const claims = decodeJsonObject(payloadPart);
  if (header === undefined || claims === undefined || "crit" in header || "b64" in header) return undefined;
  return { header, claims, signed: `${headerPart}.${payloadPart}`, signature };
}

/** Decodes a JSON object that is encoded as base64url, as strictly as {@link parseJwt}. */
export function decodeJsonObject(part: string): JsonObject | undefined {
  const bytes = decodeBase64url(part);
  try {
    return (
      bytes && parseStrictObject(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes))
    );
  } catch {
    return undefined;
  }
}
