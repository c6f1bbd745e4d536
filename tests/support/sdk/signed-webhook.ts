import { createSign, generateKeyPairSync } from "node:crypto";
import { APP_ID } from "./scripted-platform.ts";

/** The key pair of an app. */
export interface TestKeys {
  readonly kid: string;
  readonly publicKey: string;
  readonly jwk: object;
  /** Signs a JWT. */
  sign(claims: object, header?: object): string;
}

/** Creates a key pair. */
export function makeKeys(kid: string): TestKeys {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return {
    kid,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" },
    sign(claims, header = { alg: "RS256", typ: "webhook+jwt", kid }) {
      const signed = `${encode(header)}.${encode(claims)}`;
      return `${signed}.${createSign("sha256").update(signed).sign(privateKey).toString("base64url")}`;
    },
  };
}

/** The current time in webhook tests, in epoch seconds. */
export const NOW = 1_767_323_045;
export const ISSUER = "https://platform.test";
export const INSTANCE = "5a1c0000-0000-4000-8000-000000000001";

/** Creates the claims of a webhook. */
export function claimsOf(
  message: Readonly<Record<string, unknown>> = {},
  change: Readonly<Record<string, unknown>> = {},
): object {
  const data = JSON.stringify({
    data: JSON.stringify({ appId: APP_ID, originInstanceId: null }),
    instanceId: INSTANCE,
    eventType: "AppInstalled",
    ...message,
  });
  const times = { iat: NOW, exp: NOW + 300, toe: NOW - 1 };
  return {
    iss: ISSUER,
    aud: APP_ID,
    ...times,
    jti: "attempt-1",
    event_id: "event-1",
    sequence: 1,
    data,
    ...change,
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
