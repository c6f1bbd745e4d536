import { createHmac, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Hmac } from "./hmac.ts";

// RFC 4231 §4, without the truncated digest of case 5.
test.each([
  [1, "0b".repeat(20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    2,
    Buffer.from("Jefe").toString("hex"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    6,
    "aa".repeat(131),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    7,
    "aa".repeat(131),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be " +
      "hashed before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
])("RFC 4231 test case %i", (_, key, text, digest) => {
  expect(new Hmac(Buffer.from(key, "hex")).hex(text)).toBe(digest);
});

test("is the digest of createHmac, for keys and texts of every length around a block", () => {
  for (let length = 0; length <= 130; length += 1) {
    const key = randomBytes(length);
    const hmac = new Hmac(key);
    for (const text of ["", "é".repeat(length), "x".repeat(length * 100)]) {
      expect(hmac.hex(text)).toBe(createHmac("sha256", key).update(text).digest("hex"));
    }
  }
});
