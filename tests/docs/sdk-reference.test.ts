import * as sdk from "@latchkey/sdk";
import * as ecom from "@latchkey/sdk/ecom";
import * as essentials from "@latchkey/sdk/essentials";
import * as resourceServer from "@latchkey/sdk/resource-server";
import * as stores from "@latchkey/sdk/stores";
import { expect, test } from "vitest";
import { readDocument } from "./documents.ts";

const reference = readDocument("docs/reference/sdk.md").text;

test.each([
  ["@latchkey/sdk", sdk],
  ["@latchkey/sdk/ecom", ecom],
  ["@latchkey/sdk/essentials", essentials],
  ["@latchkey/sdk/resource-server", resourceServer],
  ["@latchkey/sdk/stores", stores],
  ["products", stores.products],
  ["collections", stores.collections],
])("the SDK reference documents all exports of %s", (_name, offered) => {
  const untold = Object.keys(offered).filter((name) => !new RegExp(`\\b${name}\\b`).test(reference));
  expect(untold).toEqual([]);
});
