import { createPublicKey, verify, type webcrypto } from "node:crypto";
import type { TokenSubject } from "./token-servers.ts";

/** Claims that every subject's token has (RFC 9068 section 2.2). */
const claimNames = ["iss", "aud", "client_id", "sub", "scope", "iat", "exp", "jti"];

/**
 * Gets one token of a subject and checks its signature and claims, so that no subject is fast because it signs less.
 *
 * @param more further claims that this subject's token must have
 */
export async function checkToken(subject: TokenSubject, more: readonly string[]): Promise<void> {
  const { job, jwksUrl, name } = subject;
  const [url = ""] = job.urls;
  const body = job.bodies.kind === "listed" ? (job.bodies.texts[0] ?? "") : "";
  const response = await fetch(url, { method: job.method, headers: job.headers, body });
  const { access_token: token = "" } = (await response.json()) as { access_token?: string };
  const { keys } = (await (await fetch(jwksUrl)).json()) as {
    keys: (webcrypto.JsonWebKey & { kid: string })[];
  };
  const [header = "", payload = "", signature = ""] = token.split(".");
  const { alg, typ, kid } = decode(header);
  const jwk = keys.find((key) => key.kid === kid);
  const claims = decode(payload);
  const isValid =
    jwk !== undefined &&
    alg === "ES256" &&
    typ === "at+jwt" &&
    [...claimNames, ...more].every((claim) => claims[claim] !== undefined) &&
    Number(claims.exp) - Number(claims.iat) === 14_400 &&
    verify(
      "sha256",
      Buffer.from(`${header}.${payload}`),
      { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
  if (!isValid) throw new Error(`${name} does not return the access token that the benchmark measures.`);
}

function decode(part: string): Record<string, unknown> {
  return part === "" ? {} : JSON.parse(Buffer.from(part, "base64url").toString());
}
