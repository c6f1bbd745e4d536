import { expect, test } from "vitest";
import { isFromOwnOrigin } from "./index.ts";

const isOwn = (headers: Record<string, string>) =>
  isFromOwnOrigin(new Headers(headers), "https://latchkey.example");

test.each([
  ["its origin, by a browser without Sec-Fetch-Site", { origin: "https://latchkey.example" }],
  ["its origin", { origin: "https://latchkey.example", "sec-fetch-site": "same-origin" }],
  ["no Referer", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["no Origin", { "sec-fetch-site": "same-origin" }],
] as [string, Record<string, string>][])("a request of an own page with %s is accepted", (_, headers) => {
  expect(isOwn(headers)).toBe(true);
});

test.each([
  ["another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  [
    "another site, with the Sec-Fetch-Site of ours",
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  ],
  [
    "another site, whose Origin a proxy replaced",
    { origin: "https://latchkey.example", "sec-fetch-site": "cross-site" },
  ],
  ["another port", { origin: "https://latchkey.example:8443", "sec-fetch-site": "same-site" }],
  ["another port, without Referer", { origin: "null", "sec-fetch-site": "same-site" }],
  ["another scheme", { origin: "http://latchkey.example" }],
  ["a subdomain", { origin: "https://a.latchkey.example", "sec-fetch-site": "same-site" }],
  ["a longer host", { origin: "https://latchkey.example.evil.example" }],
  ["a sandboxed frame", { origin: "null", "sec-fetch-site": "cross-site" }],
  ["the address bar", { "sec-fetch-site": "none" }],
  ["no browser", {}],
  ["a page without origin", { origin: "null" }],
] as [string, Record<string, string>][])("H5 a request of %s is refused", (_, headers) => {
  expect(isOwn(headers)).toBe(false);
});
