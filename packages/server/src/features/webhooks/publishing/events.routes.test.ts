import { type CallManagement, errorBody, managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestPlatform, type TestPlatform } from "../../../testing/index.ts";

let platform: TestPlatform;
let call: CallManagement;
let siteId: string;
beforeAll(async () => {
  platform = await createTestPlatform({ now: 1_767_323_045_678 });
  call = managementCaller(platform);
  siteId = (await platform.createSite()).siteId;
  const type = { eventType: "own", description: "Own" };
  expect((await call("POST /event-types", { body: type })).status).toBe(200);
});
afterAll(() => platform?.close());

describe.each([
  ["POST /events", "identity", (identity: object) => ({ siteId, eventType: "own", payload: {}, identity })],
  [
    "POST /service-plugins/call",
    "metadata.identity",
    (identity: object) => ({
      siteId,
      componentType: "ECOM_SHIPPING_RATES",
      method: "getShippingRates",
      request: { lineItems: [{ quantity: 1 }] },
      metadata: { identity },
    }),
  ],
] as const)("%s", (route, field, bodyWith) => {
  test.each([
    { identityType: "UNKNOWN" },
    { identityType: "ANONYMOUS_VISITOR", anonymousVisitorId: "visitor" },
    { identityType: "MEMBER", memberId: "member" },
    { identityType: "WIX_USER", wixUserId: "user" },
    { identityType: "APP", appId: "app" },
  ])("accepts the identity $identityType with its id", async (identity) => {
    expect((await call(route, { body: bodyWith(identity) })).status).toBe(200);
  });

  test.each<[string, object]>([
    ["MEMBER without memberId", { identityType: "MEMBER" }],
    ["MEMBER with a wixUserId", { identityType: "MEMBER", memberId: "member", wixUserId: "user" }],
    ["MEMBER with only a wixUserId", { identityType: "MEMBER", wixUserId: "user" }],
    ["UNKNOWN with an id", { identityType: "UNKNOWN", appId: "app" }],
  ])("rejects the identity %s", async (_, identity) => {
    const { body, status } = await call(route, { body: bodyWith(identity) });
    const description = "must have the id of its identityType, and no other";
    expect([status, body]).toMatchObject([
      400,
      { details: { validationError: { fieldViolations: [{ field, description }] } } },
    ]);
  });

  test.each<[string, object, string, string]>([
    ["of an unknown type", { identityType: "ROBOT" }, "identityType", "must be one of"],
    ["with an empty id", { identityType: "MEMBER", memberId: "" }, "memberId", "must"],
    [
      "with a line break in the id",
      { identityType: "MEMBER", memberId: "a\nb" },
      "memberId",
      "must not have control characters",
    ],
  ])("rejects an identity %s", async (_, identity, id, description) => {
    const { body, status } = await call(route, { body: bodyWith(identity) });
    expect([status, body]).toMatchObject([
      400,
      {
        details: {
          validationError: {
            fieldViolations: [{ field: `${field}.${id}`, description: expect.stringContaining(description) }],
          },
        },
      },
    ]);
  });
});

test.each([
  [
    "POST /events",
    (value: string) => `{"siteId":"${siteId}","eventType":"own","payload":{"orderId":${value}}}`,
  ],
  [
    "POST /service-plugins/call",
    (value: string) =>
      `{"siteId":"${siteId}","componentType":"A","method":"b","request":{"orderId":${value}}}`,
  ],
])("FR-E8: %s refuses a number that would be changed", async (route, bodyWith) => {
  const [method, path] = route.split(" ");
  const response = await fetch(`${platform.url}/admin/v1${path}`, {
    method: method ?? "",
    headers: { authorization: `Bearer ${platform.adminKey}`, "content-type": "application/json" },
    body: bodyWith("9007199254740993"),
  });
  expect([response.status, await response.json()]).toEqual([
    400,
    errorBody(
      "INEXACT_NUMBER",
      "A number in the body has more digits than JavaScript keeps, so it would be changed; send it as a string.",
      { position: bodyWith("").lastIndexOf(":") + 1 },
    ),
  ]);
});
