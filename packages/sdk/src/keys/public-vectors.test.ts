import { parseJwt } from "@latchkey/protocol";
import { describe, expect, test } from "vitest";
import { es256 } from "../resource-server/verify-token.ts";
import { hasSignature, importKey, rs256 } from "./signature.ts";
import { type ExpectedJwt, verifyJwt } from "./verify-jwt.ts";

// The examples of RFC 7515 appendices A.2 and A.3, and of RFC 7520 section 4.1. Code components of RFCs are under the
// Revised BSD License.

const payload =
  "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const claims = { iss: "joe", exp: 1_300_819_380, "http://example.com/is_root": true };

const a2 = {
  key: {
    kty: "RSA",
    e: "AQAB",
    n:
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ" +
      "S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2" +
      "R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD" +
      "TW9gb54h4FRWyuXpoQ",
  },
  jws:
    `eyJhbGciOiJSUzI1NiJ9.${payload}.` +
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t" +
    "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j" +
    "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ" +
    "Ge77Rw",
};

const a3 = {
  key: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  },
  jws: `eyJhbGciOiJFUzI1NiJ9.${payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
};

const cookbook = {
  key: {
    kty: "RSA",
    e: "AQAB",
    n:
      "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w" +
      "qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bT" +
      "wJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5" +
      "iaiQkqgc5gHdrNP5zw",
  },
  signed:
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." +
    "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5k" +
    "IGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4",
  signature:
    "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA" +
    "78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQ" +
    "dLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18" +
    "kDquDg",
};

function expected(key: CryptoKey, now: number): ExpectedJwt {
  return {
    what: "webhook",
    type: "webhook+jwt",
    // The example has neither type nor audience, as on the third-party platform.
    thirdParty: true,
    movableClock: false,
    appId: "app",
    issuer: "joe",
    keys: { candidates: async () => [key] },
    now: now * 1_000,
  };
}

describe("RFC 7515", () => {
  test("A.2: RS256 is verified until the example expires", async () => {
    const key = await importKey(rs256, a2.key);
    expect(await verifyJwt(a2.jws, expected(key, claims.exp))).toEqual(claims);
    await expect(verifyJwt(a2.jws, expected(key, claims.exp + 60))).rejects.toMatchObject({
      reason: "expired",
    });
  });

  test("A.3: ES256 is verified", async () => {
    const jwt = parseJwt(a3.jws);
    expect(jwt?.claims).toEqual(claims);
    expect(jwt && (await hasSignature(es256, await importKey(es256, a3.key), jwt))).toBe(true);
  });
});

test("RFC 7520 4.1: the RS256 signature is verified, and its payload, which is text, is not a JWT", async () => {
  const key = await importKey(rs256, cookbook.key);
  const signature = Uint8Array.from(Buffer.from(cookbook.signature, "base64url"));
  expect(await hasSignature(rs256, key, { signed: cookbook.signed, signature })).toBe(true);
  expect(parseJwt(`${cookbook.signed}.${cookbook.signature}`)).toBeUndefined();
});

test.each([
  ["A.2", a2.jws, a2.key, rs256],
  ["A.3", a3.jws, a3.key, es256],
])("RFC 7515 %s: no signature with one other bit is valid", async (_, jws, jwk, algorithm) => {
  const key = await importKey(algorithm, jwk);
  const jwt = parseJwt(jws);
  for (let bit = 0; bit < (jwt?.signature.length ?? 0) * 8; bit += 1) {
    const signature = Uint8Array.from(jwt?.signature ?? []);
    signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(await hasSignature(algorithm, key, { signed: jwt?.signed ?? "", signature })).toBe(false);
  }
});
