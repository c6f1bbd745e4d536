import { writeWebhookMessage } from "@latchkey/protocol";
import {
  appId,
  encode,
  flipped,
  hmacJws,
  instanceId,
  issuer,
  jws,
  now,
  nowSeconds,
  other,
  otherAppId,
  own,
} from "./signing.ts";

const header = { alg: "RS256", typ: "webhook+jwt", kid: own.kid };
const message = {
  eventType: "AppInstalled",
  instanceId,
  payload: JSON.stringify({ appId, originInstanceId: null }),
  identity: JSON.stringify({ identityType: "WIX_USER", wixUserId: "user-7" }),
  webhookId: "9e0c0000-0000-4000-8000-000000000001",
};
const claims = {
  ...{ iss: issuer, aud: appId, iat: nowSeconds - 5, exp: nowSeconds + 295 },
  ...{ jti: "0a000000-0000-4000-8000-000000000001", event_id: "019b7c00-0000-7000-8000-000000000001" },
  ...{ toe: nowSeconds - 6, sequence: 1, data: writeWebhookMessage(message) },
};
const good = jws(header, claims);
const [head = "", body = "", signature = ""] = good.split(".");
const event = {
  eventType: message.eventType,
  instanceId,
  payload: { appId, originInstanceId: null },
  identity: { identityType: "WIX_USER", wixUserId: "user-7" },
  eventId: claims.event_id,
  sequence: 1,
};

const refused: readonly (readonly [name: string, jwt: string, reason: string])[] = [
  ["nothing", "", "malformed"],
  ["a bit of the payload flipped", `${head}.${flipped(body, 40)}.${signature}`, "malformed"],
  ["a bit of the signature flipped", `${head}.${body}.${flipped(signature, 0)}`, "bad_signature"],
  [
    "another payload under the same signature",
    `${head}.${encode({ ...claims, sequence: 2 })}.${signature}`,
    "bad_signature",
  ],
  ["no signature, and alg none", `${encode({ ...header, alg: "none" })}.${body}.`, "malformed"],
  ["HMAC with the public key", hmacJws({ ...header, alg: "HS256" }, claims, own.publicKey), "malformed"],
  ["another app's key", jws(header, claims, other), "bad_signature"],
  ["for another app", jws(header, { ...claims, aud: otherAppId }), "wrong_audience"],
  ["for nobody in particular", jws(header, { ...claims, aud: undefined }), "wrong_audience"],
  ["from another platform", jws(header, { ...claims, iss: "https://other.example" }), "wrong_issuer"],
  ["ended", jws(header, { ...claims, exp: nowSeconds - 61 }), "expired"],
  ["a call of a service plugin", jws({ ...header, typ: "service-plugin+jwt" }, claims), "wrong_type"],
  ["an access token", jws({ ...header, typ: "at+jwt" }, claims), "wrong_type"],
  ["no type", jws({ alg: "RS256", kid: own.kid }, claims), "wrong_type"],
  [
    "an object in data, as calls of service plugins have it",
    jws(header, { ...claims, data: message }),
    "malformed",
  ],
];

/** Webhooks (wire §4). */
export const webhookVectors = {
  about:
    "Webhooks: a compact JWS (RS256, typ webhook+jwt) whose claim `data` is a string of JSON, in which `data` and `identity` are strings of JSON again. The private key is published on purpose, for these vectors alone.",
  now,
  appId,
  issuer,
  publicKey: own.publicKey,
  privateKey: { ...own.privateJwk, kid: own.kid },
  cases: [
    { name: "an instance", jwt: good, header, claims, expected: { event } },
    ...refused.map(([name, jwt, reason]) => ({ name, jwt, expected: { reason } })),
  ],
};
