import { type KeyObject, sign } from "node:crypto";

type Members = Readonly<Record<string, unknown>>;

/** Base64url of a text, or of a value as JSON. */
export function encode(part: string | object): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** The three parts of a compact JWS, still encoded. */
export function partsOf(token: string): [header: string, payload: string, signature: string] {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return [header, payload, signature];
}

/** The claims of a token; nothing is verified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(partsOf(token)[1], "base64url").toString());
}

/** The header of a token; nothing is verified. */
export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(partsOf(token)[0], "base64url").toString());
}

/** Signs a header and a payload with ES256, regardless of `alg`. */
export function signToken(
  header: string | Members,
  payload: string | Members,
  privateKey: KeyObject,
): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  // As text, because not every runtime accepts the object here.
  const key = privateKey.export({ format: "pem", type: "pkcs8" });
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
