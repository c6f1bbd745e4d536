import { type KeyObject, sign, verify } from "node:crypto";
import { accessTokenType, type ParsedToken } from "@latchkey/protocol";
import { createCache } from "../../infrastructure/cache/index.ts";

const dsaEncoding = "ieee-p1363";
/** Encoded headers by `kid`. */
const headers = createCache<string, string>({ maxEntries: 10 });

/** Signs claims as a compact JWS (RFC 7515, RFC 9068) with ES256, in the thread pool. */
export function signAccessToken(
  claims: object,
  key: { kid: string; privateKey: KeyObject },
): Promise<string> {
  const { kid } = key;
  const header = headers.getOrCreate(kid, () => encode({ alg: "ES256", typ: accessTokenType, kid }));
  const signed = `${header}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    sign("sha256", Buffer.from(signed), { key: key.privateKey, dsaEncoding }, (error, signature) => {
      if (error === null) resolve(`${signed}.${signature.toString("base64url")}`);
      else reject(error);
    });
  });
}

/** Whether the signature of the token is valid for the key. */
export function hasSignature(token: ParsedToken, publicKey: KeyObject): boolean {
  return verify("sha256", Buffer.from(token.signed), { key: publicKey, dsaEncoding }, token.signature);
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
