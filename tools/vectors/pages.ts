import { createHmac } from "node:crypto";
import { appId, encode, flipped, instanceId, now } from "./signing.ts";

const secret = "lks_vector_secret_that_signs_now";
const before = "lks_vector_secret_that_signed_before";
const stranger = "lks_vector_secret_of_another_app";

const at = (minutes: number): string => new Date(Date.parse(now) + minutes * 60_000).toISOString();

const owner = {
  ...{ instanceId, appDefId: appId, signDate: at(-10), expirationDate: at(230) },
  ...{ uid: "user-7", permissions: "OWNER", demoMode: false, siteOwnerId: "user-7", vendorProductId: null },
};

function hmac(text: string, key = secret): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** The signature first, over the encoded payload. */
function signed(payload: object | string, key = secret): string {
  const text = typeof payload === "string" ? Buffer.from(payload).toString("base64url") : encode(payload);
  return `${hmac(text, key)}.${text}`;
}

const good = signed(owner);
const [signature = "", payload = ""] = good.split(".");
const binary = Buffer.from(signature, "base64url");

interface PageCase {
  readonly name: string;
  readonly value: string;
  readonly maxAge?: number;
  readonly expected: { readonly parameter: object } | { readonly reason: string };
}

const accepted: readonly PageCase[] = [
  { name: "the owner of the site", value: good, expected: { parameter: owner } },
  {
    name: "nobody is signed in",
    value: signed({ ...owner, uid: null, permissions: "" }),
    expected: { parameter: { ...owner, uid: null, permissions: "" } },
  },
  {
    name: "signed with the secret before, which the app still has",
    value: signed(owner, before),
    expected: { parameter: owner },
  },
  {
    name: "a visitor: genuine, and not for a page of the dashboard",
    value: signed({ ...owner, uid: null, permissions: "", aid: "visitor-1" }),
    expected: { parameter: { ...owner, uid: null, permissions: "", aid: "visitor-1" } },
  },
  {
    name: "a field that nobody knows is left out",
    value: signed({ ...owner, biToken: "b1" }),
    expected: { parameter: owner },
  },
  {
    name: "no time at which it ends, and young enough",
    value: signed({ ...owner, expirationDate: undefined }),
    maxAge: 900_000,
    expected: { parameter: { ...owner, expirationDate: undefined } },
  },
];

const refused: readonly (readonly [name: string, value: string, reason: string, maxAge?: number])[] = [
  ["nothing", "", "malformed"],
  ["a bit of the first character of the signature flipped", flipped(good, 0), "bad_signature"],
  [
    "a bit of the first character of the payload flipped",
    flipped(good, signature.length + 1),
    "bad_signature",
  ],
  ["a bit of the last character of the payload flipped", flipped(good, -1), "bad_signature"],
  ["signed with another app's secret", signed(owner, stranger), "bad_signature"],
  ["the halves swapped", `${payload}.${signature}`, "malformed"],
  ["the JSON signed, and not the text", `${hmac(JSON.stringify(owner))}.${payload}`, "bad_signature"],
  ["no signature", `.${payload}`, "malformed"],
  ["the payload alone", payload, "malformed"],
  ["a third part", `${good}.`, "malformed"],
  ["padding", `${signature}=.${payload}`, "malformed"],
  ["plain base64", `${binary.toString("base64")}.${payload}`, "malformed"],
  ["a signature in hexadecimal", `${binary.toString("hex")}.${payload}`, "malformed"],
  ["cut", good.slice(0, -4), "bad_signature"],
  ["white space at its end", `${good}\n`, "malformed"],
  ["a list in the place of an object", signed([owner] as unknown as object), "malformed"],
  ["no JSON", signed("instanceId=1"), "malformed"],
  ["a field twice", signed('{"instanceId":"x","instanceId":"y"}'), "malformed"],
  ["no instance", signed({ ...owner, instanceId: undefined }), "invalid_field"],
  ["an instance that is no GUID", signed({ ...owner, instanceId: "1 or 1=1" }), "invalid_field"],
  ["a tag in a field", signed({ ...owner, uid: "</script><script>alert(1)</script>" }), "invalid_field"],
  ["a tag in a field that nobody knows", signed({ ...owner, biToken: "<b>" }), "invalid_field"],
  ["a user that is a list", signed({ ...owner, uid: ["user-7"] }), "invalid_field"],
  ["ended", signed({ ...owner, expirationDate: at(0) }), "expired"],
  ["older than it may be", signed(owner), "expired", 599_000],
  ["no time, where its age counts", signed({ ...owner, signDate: undefined }), "expired", 599_000],
  ["signed in the future", signed({ ...owner, signDate: at(2) }), "from_future"],
  ["100 kB", signed({ ...owner, vendorProductId: "x".repeat(100_000) }), "too_large"],
];

/** The query parameter `instance` of pages (wire §6). */
export const pageVectors = {
  about:
    "The query parameter `instance` of an app's pages: base64url(HMAC-SHA256(secret, payload)) + '.' + payload, where payload = base64url(JSON). `maxAge` is in milliseconds after signDate; without it, age does not count.",
  now,
  appId,
  secrets: [secret, before],
  cases: [
    ...accepted,
    ...refused.map(([name, value, reason, maxAge]) => ({
      ...{ name, value },
      ...(maxAge === undefined ? {} : { maxAge }),
      expected: { reason },
    })),
  ],
};
