import { describe, expect, test } from "vitest";
import {
  readWebhookMessage,
  standardWebhookText,
  type WebhookMessage,
  writeStandardWebhook,
  writeWebhookMessage,
} from "./webhook.ts";

const installed: WebhookMessage = {
  eventType: "AppInstalled",
  instanceId: "5a1c2b3d-0000-4000-8000-000000000001",
  payload: '{"appId":"b2f0","originInstanceId":null}',
  identity: '{"identityType":"WIX_USER","wixUserId":"77aa"}',
};

describe("the message of a webhook", () => {
  test("is JSON with payload and identity as JSON strings", () => {
    expect(writeWebhookMessage(installed)).toBe(
      '{"data":"{\\"appId\\":\\"b2f0\\",\\"originInstanceId\\":null}",' +
        '"instanceId":"5a1c2b3d-0000-4000-8000-000000000001","eventType":"AppInstalled",' +
        '"identity":"{\\"identityType\\":\\"WIX_USER\\",\\"wixUserId\\":\\"77aa\\"}"}',
    );
  });

  test.each([
    installed,
    { eventType: "test", instanceId: null, payload: "{}" },
    { eventType: "naïve — 漢字", instanceId: "i", payload: '{"a":1}', webhookId: "w" },
  ])("is parsed as it was formatted: %o", (message) => {
    expect(readWebhookMessage(writeWebhookMessage(message))).toEqual(message);
  });

  test("can have unknown fields", () => {
    expect(readWebhookMessage('{"eventType":"E","instanceId":"i","data":"{}","new":1}')).toEqual({
      eventType: "E",
      instanceId: "i",
      payload: "{}",
    });
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["a key twice", '{"eventType":"E","eventType":"F","data":"{}"}'],
    ["no event type", '{"instanceId":"i","data":"{}"}'],
    ["an event type that is a number", '{"eventType":1,"data":"{}"}'],
    ["a payload that is an object", '{"eventType":"E","data":{}}'],
    ["an instance that is a number", '{"eventType":"E","instanceId":7,"data":"{}"}'],
  ])("is rejected with %s", (_, text) => {
    expect(readWebhookMessage(text)).toBeUndefined();
  });
});

test.each([
  ['{"identityType":"WIX_USER"}', '{"identityType":"WIX_USER"}'],
  [null, "null"],
])("the body in JSON keeps the text of the payload, with identity %s", (identity, shown) => {
  const fields = { type: "own", timestamp: "2026-01-02T03:04:05.678Z", appId: "b2f0", instanceId: null };
  const body = writeStandardWebhook({
    ...{ ...fields, sequence: 7, webhookId: "w", identity, data: '{"price":1.50}' },
  });
  expect(body).toBe(
    '{"type":"own","timestamp":"2026-01-02T03:04:05.678Z","appId":"b2f0","instanceId":null,"sequence":7,' +
      `"webhookId":"w","identity":${shown},"data":{"price":1.50}}`,
  );
});

test("a Standard Webhooks signature is over id, time and body", () => {
  expect(standardWebhookText("event", 1_767_323_045, "a.b.c")).toBe("event.1767323045.a.b.c");
});
