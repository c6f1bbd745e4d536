import { expect, test } from "vitest";
import { nearestName } from "./nearest-name.ts";

test.each([
  ["scope", "scopes"],
  ["appid", "appId"],
  ["publickey", "publicKey"],
  ["apiUrls", "apiUrl"],
  ["timeoutMS", "timeoutMs"],
  ["AppInstaled", "AppInstalled"],
  ["", undefined],
  ["a", undefined],
  ["host", undefined],
  ["x".repeat(1_000_000), undefined],
])("%s means %s", (given, meant) => {
  const names = ["appId", "publicKey", "scopes", "apiUrl", "timeoutMs", "AppInstalled"];
  expect(nearestName(given, names)).toBe(meant);
});
