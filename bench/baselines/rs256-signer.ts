import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

/** Creates a function that signs JWTs of one type with RS256 in the thread pool, with a new key. */
export function createRs256Signer(typ: string): (claims: object) => Promise<string> {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const header = encode({ alg: "RS256", typ, kid: randomUUID() });
  return (claims) => {
    const text = `${header}.${encode(claims)}`;
    return new Promise((resolve, reject) => {
      sign("sha256", Buffer.from(text), privateKey, (error, signature) =>
        error === null ? resolve(`${text}.${signature.toString("base64url")}`) : reject(error),
      );
    });
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
