import { failureOf } from "@latchkey/test-support/sdk/failure";
import { APP_ID, APP_SECRET, createScriptedPlatform } from "@latchkey/test-support/sdk/scripted-platform";
import {
  claimsOf,
  INSTANCE,
  ISSUER,
  makeKeys,
  NOW,
  type TestKeys,
} from "@latchkey/test-support/sdk/signed-webhook";
import { beforeAll, describe, expect, test } from "vitest";
import { createApp } from "../app/create-app.ts";
import { additionalFees, shippingRates } from "../ecom/index.ts";
import { ServicePluginError } from "./service-plugin-error.ts";
import type { ServicePluginOptions } from "./service-plugins.ts";

let own: TestKeys;
let other: TestKeys;
beforeAll(() => {
  [own, other] = [makeKeys("own"), makeKeys("other")];
});

const url = "https://app.test/plugins/v1/getRates";
const data = {
  request: { lineItems: [{ quantity: 1 }] },
  metadata: {
    ...{ requestId: "r1", identity: { identityType: "UNKNOWN" }, instanceId: INSTANCE, currency: "EUR" },
    ...{ languages: ["de-DE"], appExtensionType: "ECOM_SHIPPING_RATES" },
  },
};
const callClaims = (change: object = {}) => ({
  ...{ iss: ISSUER, aud: APP_ID, iat: NOW, exp: NOW + 60, jti: "j", htm: "POST", htu: url, data, ...change },
});
const signed = (change: object = {}, keys = own) =>
  keys.sign(callClaims(change), { alg: "RS256", typ: "service-plugin+jwt", kid: keys.kid });

function connect(servicePlugins: ServicePluginOptions = {}) {
  const { appOptions } = createScriptedPlatform();
  const credentials = { appId: APP_ID, appSecret: APP_SECRET, publicKey: own.publicKey };
  return createApp({ ...credentials, ...appOptions, servicePlugins });
}
const rate = { code: "std", title: "Standard", cost: { price: "4.90", currency: "EUR" } };
const request = (body: string, at = url) => new Request(at, { method: "POST", body });

describe("a call", () => {
  test("runs the method of its URL for the called instance", async () => {
    const app = connect();
    let seen: unknown[] = [];
    app.servicePlugins.implement(shippingRates, {
      getShippingRates({ instance, metadata, request: cart }) {
        seen = [instance.instanceId, metadata, cart];
        return { shippingRates: [rate] };
      },
    });
    const response = await app.fetch(request(signed()));
    expect([response.status, await response.json()]).toEqual([200, { shippingRates: [rate] }]);
    expect(seen).toEqual([INSTANCE, data.metadata, data.request]);
  });

  test("is recognized when a proxy adds a query", async () => {
    const app = connect();
    app.servicePlugins.implement(shippingRates, { getShippingRates: () => ({ shippingRates: [] }) });
    expect((await app.fetch(request(signed(), `${url}/?trace=1`))).status).toBe(200);
  });

  test("returns code and data of a ServicePluginError", async () => {
    const app = connect();
    app.servicePlugins.implement(shippingRates, {
      getShippingRates() {
        throw new ServicePluginError("INVALID_POSTAL_CODE", { data: { postalCode: "0" }, httpCode: 422 });
      },
    });
    const response = await app.fetch(request(signed()));
    expect([response.status, await response.json()]).toEqual([
      422,
      { applicationError: { code: "INVALID_POSTAL_CODE", data: { postalCode: "0" } } },
    ]);
  });

  test("returns an empty 500 when its method fails, and reports the error to onError", async () => {
    const told: unknown[] = [];
    const app = connect({ onError: (error, call) => told.push(String(error), call.metadata.requestId) });
    app.servicePlugins.implement(shippingRates, {
      getShippingRates: () => Promise.reject(new Error("the tariff table is empty")),
    });
    const response = await app.fetch(request(signed()));
    expect([response.status, await response.text(), told]).toEqual([
      500,
      "{}",
      ["Error: the tariff table is empty", "r1"],
    ]);
  });

  test("returns 404 without an implementation, with advice", async () => {
    const app = connect();
    const nothing = await app.fetch(request(signed()));
    expect([nothing.status, await nothing.json()]).toEqual([
      404,
      {
        error: "not_implemented",
        error_description:
          "The app has no implementation of ECOM_SHIPPING_RATES. Register one: app.servicePlugins.implement(…).",
      },
    ]);
    app.servicePlugins.implement(shippingRates, { getShippingRates: () => ({ shippingRates: [] }) });
    const elsewhere = await app.fetch(request(signed(), "https://app.test/plugins"));
    expect([elsewhere.status, await elsewhere.json()]).toMatchObject([
      404,
      { error_description: expect.stringContaining("Check the base URI of the extension") },
    ]);
  });
});

describe("an implementation", () => {
  test("without a method is rejected", () => {
    expect(() => connect().servicePlugins.implement(shippingRates, {} as never)).toThrow(
      new TypeError("The implementation of ECOM_SHIPPING_RATES lacks getShippingRates."),
    );
  });

  test("of a service plugin is registered once", () => {
    const app = connect();
    app.servicePlugins.implement(shippingRates, { getShippingRates: () => ({ shippingRates: [] }) });
    expect(() =>
      app.servicePlugins.implement(shippingRates, { getShippingRates: () => ({ shippingRates: [] }) }),
    ).toThrow(new TypeError("ECOM_SHIPPING_RATES already has an implementation. Register only one."));
  });

  test("without a definition is rejected", () => {
    expect(() => connect().servicePlugins.implement({} as never, {} as never)).toThrow(TypeError);
  });
});

describe("a JWT with a correct signature of another kind", () => {
  const webhook = () => own.sign(claimsOf());
  const kinds = {
    webhook: (text: string) => connect().authenticate.webhook(request(text)),
    servicePlugin: (text: string) => connect().authenticate.servicePlugin(request(text)),
    page: (text: string) => connect().authenticate.page(new Request(`https://app.test/?instance=${text}`)),
  };

  test("is accepted only as its own kind", async () => {
    expect(await kinds.webhook(webhook())).toMatchObject({ eventType: "AppInstalled", instanceId: INSTANCE });
    const call = await kinds.servicePlugin(signed());
    expect([call.instance.instanceId, call.metadata.requestId]).toEqual([INSTANCE, "r1"]);
  });

  test.each<[string, keyof typeof kinds, () => string, string]>([
    ["a call as a webhook", "webhook", signed, "wrong_type"],
    ["a webhook as a call", "servicePlugin", webhook, "wrong_type"],
    ["a webhook as a page", "page", webhook, "malformed"],
    ["a call as a page", "page", signed, "malformed"],
    [
      "a call for another app, with its key",
      "servicePlugin",
      () => signed({ aud: "other" }, other),
      "bad_signature",
    ],
    [
      "a call for another app, with this app's key",
      "servicePlugin",
      () => signed({ aud: "other" }),
      "wrong_audience",
    ],
    [
      "a call from another platform",
      "servicePlugin",
      () => signed({ iss: "https://other.test" }),
      "wrong_issuer",
    ],
    ["an expired call", "servicePlugin", () => signed({ exp: NOW - 61 }), "expired"],
    ["a call without request and metadata", "servicePlugin", () => signed({ data: {} }), "malformed"],
  ])("%s is rejected", async (_, kind, make, reason) => {
    expect((await failureOf(kinds[kind](make()))).reason).toBe(reason);
  });

  test("a call of another method is rejected at any URL", async () => {
    const app = connect();
    const implement = { calculateAdditionalFees: () => ({ additionalFees: [], currency: "EUR" }) };
    app.servicePlugins.implement(additionalFees, implement);
    const metadata = { ...data.metadata, appExtensionType: "ECOM_ADDITIONAL_FEES" };
    const text = signed({ data: { ...data, metadata } });
    const response = await app.fetch(request(text, "https://app.test/v1/calculate-additional-fees"));
    expect([response.status, await response.json()]).toMatchObject([401, { reason: "wrong_url" }]);
  });

  test("is rejected by app.fetch with the error of its kind", async () => {
    const response = await connect().fetch(request(signed({}, other)));
    expect([response.status, await response.json()]).toEqual([
      401,
      {
        ...{ error: "invalid_delivery", reason: "bad_signature" },
        error_description:
          "The call has an invalid signature. Check publicKey, and pass the request body unchanged.",
      },
    ]);
  });
});
