import { sign } from "node:crypto";
import type { AppSigningKey } from "./app-key-ring.ts";

/**
 * Signs what is for one app with that app's key (RS256), in the thread pool: one signature takes about a millisecond of
 * a core.
 *
 * @param type the `typ` header, so that nothing passes for what it is not
 */
export function signForApp(claims: object, type: string, key: AppSigningKey): Promise<string> {
  const text = `${encode({ alg: "RS256", typ: type, kid: key.kid })}.${encode(claims)}`;
  return new Promise((resolve, reject) => {
    sign("sha256", Buffer.from(text), key.privateKey, (error, signature) => {
      if (error === null) resolve(`${text}.${signature.toString("base64url")}`);
      else reject(error);
    });
  });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
