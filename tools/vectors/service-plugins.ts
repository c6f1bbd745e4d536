import { appId, instanceId, issuer, jws, now, nowSeconds, other, otherAppId, own } from "./signing.ts";

const header = { alg: "RS256", typ: "service-plugin+jwt", kid: own.kid };
const url = "https://app.example/plugins/v1/getRates";
const data = {
  request: {
    lineItems: [{ name: "Mug", quantity: 1, price: "9.00" }],
    shippingDestination: { country: "US", subdivision: "US-NY", postalCode: "10001" },
  },
  metadata: {
    requestId: "cart-7",
    identity: { identityType: "ANONYMOUS_VISITOR", anonymousVisitorId: "visitor-1" },
    ...{ instanceId, currency: "USD", languages: ["en-US"], appExtensionType: "ECOM_SHIPPING_RATES" },
  },
};
const claims = {
  ...{ iss: "wix.com", aud: appId, iat: nowSeconds - 1, exp: nowSeconds + 59 },
  ...{ jti: "0a000000-0000-4000-8000-000000000002", htm: "POST", htu: url, data },
};

const identities = [
  { identityType: "UNKNOWN" },
  { identityType: "MEMBER", memberId: "member-1" },
  { identityType: "WIX_USER", wixUserId: "user-7" },
  { identityType: "APP", appId: otherAppId },
].map((identity) => ({ ...data, metadata: { ...data.metadata, identity } }));

const refused: readonly (readonly [name: string, jwt: string, reason: string])[] = [
  ["for another app", jws(header, { ...claims, aud: otherAppId }), "wrong_audience"],
  ["from another platform", jws(header, { ...claims, iss: "https://other.example" }), "wrong_issuer"],
  ["another app's key", jws(header, claims, other), "bad_signature"],
  ["ended", jws(header, { ...claims, exp: nowSeconds - 61 }), "expired"],
  ["a webhook", jws({ ...header, typ: "webhook+jwt" }, claims), "wrong_type"],
  [
    "a string in data, as webhooks have it",
    jws(header, { ...claims, data: JSON.stringify(data) }),
    "malformed",
  ],
  [
    "no type of the extension",
    jws(header, {
      ...claims,
      data: { ...data, metadata: { ...data.metadata, appExtensionType: undefined } },
    }),
    "malformed",
  ],
  [
    "made of another method",
    jws(header, { ...claims, htu: "https://app.example/plugins/v1/calculate-additional-fees" }),
    "wrong_url",
  ],
];

/** Calls of service plugins (wire §5). */
export const servicePluginVectors = {
  about:
    "Calls of service plugins: a compact JWS (RS256, typ service-plugin+jwt) whose claim `data` is an object with `request` and `metadata`. Every call comes to `url`. The private key is published on purpose, for these vectors alone.",
  now,
  appId,
  issuer,
  url,
  publicKey: own.publicKey,
  privateKey: { ...own.privateJwk, kid: own.kid },
  cases: [
    { name: "shipping rates", jwt: jws(header, claims), header, claims, expected: { data } },
    ...identities.map((one) => ({
      name: `asked by ${one.metadata.identity.identityType}`,
      jwt: jws(header, { ...claims, data: one }),
      expected: { data: one },
    })),
    {
      name: "signed as the platform itself",
      jwt: jws(header, { ...claims, iss: issuer }),
      expected: { data },
    },
    ...refused.map(([name, jwt, reason]) => ({ name, jwt, expected: { reason } })),
  ],
};
