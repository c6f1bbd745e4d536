import { createPublicKey, verify, type webcrypto } from "node:crypto";
import type { TokenSubject } from "./rivals.ts";

/** Claims that every subject's token carries (RFC 9068 section 2.2). */
const claimNames = ["iss", "aud", "client_id", "sub", "scope", "iat", "exp", "jti"];

/**
 * Asks a subject for one token and checks all of it, so that nobody wins by signing something else or nothing.
 *
 * @param more claims that this subject's token carries besides
 */
export async function checkGenuineToken(subject: TokenSubject, more: readonly string[]): Promise<void> {
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
  const isGenuine =
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
  if (!isGenuine) throw new Error(`${name} gives tokens that are not those the benchmark is about.`);
}

function decode(part: string): Record<string, unknown> {
  return part === "" ? {} : JSON.parse(Buffer.from(part, "base64url").toString());
}
