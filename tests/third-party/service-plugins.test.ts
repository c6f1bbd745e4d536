import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as ours from "@latchkey/sdk";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { type ManagementResponse, managementCaller } from "@latchkey/test-support/management-client";
import { additionalFees, shippingRates } from "@wix/ecom/service-plugins";
import { AppStrategy, createClient } from "@wix/sdk";
import { ServicePluginDefinition } from "@wix/sdk-types";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

// Calls of our platform, handled by the unchanged third-party client, and by our client with third-party modules.

const ownType = "ACME_BOOKING_RULES";
const bookingRules = ServicePluginDefinition<{
  mayBook(call: { request: { day: string }; metadata: unknown }): { allowed: boolean };
}>(ownType, [
  {
    name: "mayBook",
    primaryHttpMappingPath: "/v1/may-book",
    transformations: { fromREST: (call) => call as never, toREST: (response) => response },
  },
]);

const modules = { shippingRates, additionalFees, bookingRules };

interface AnyClient {
  readonly shippingRates: { provideHandlers(methods: object): void };
  readonly additionalFees: { provideHandlers(methods: object): void };
  bookingRules(methods: object): void;
  readonly servicePlugins: { processRequest(request: Request): Promise<Response> };
}

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  platform = await createTestPlatform({ seed: "third-party service plugins" });
  call = managementCaller(platform);
  await call(`PUT /service-plugin-types/${ownType}`, {
    body: { methods: [{ name: "mayBook", path: "/v1/may-book", timeoutMs: 5_000 }] },
  });
});
afterAll(async () => {
  await platform.close();
  for (const close of closing) await close();
});

/** An app with service plugins over HTTP, and the site of its instance. */
async function serve(connect: (app: Awaited<ReturnType<TestPlatform["createApp"]>>) => AnyClient) {
  const app = await platform.createApp();
  const { siteId } = await platform.createSite({ currency: "EUR", locale: "de" });
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  const client = connect(app);
  const server = createServer(async (incoming, outgoing) => {
    const response = await client.servicePlugins.processRequest(await requestOf(incoming)).catch((error) => {
      return Response.json({ failed: String(error) }, { status: 500 });
    });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const baseUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugins/base`;
  for (const componentType of ["ECOM_SHIPPING_RATES", "ECOM_ADDITIONAL_FEES", ownType]) {
    const body = { kind: "SERVICE_PLUGIN", componentType, baseUri };
    expect((await call(`POST /apps/${app.appId}/extensions`, { body })).status).toBe(200);
  }
  return { app, client, instanceId, siteId };
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = `http://127.0.0.1${incoming.url}`;
  return new Request(url, { method: "POST", body: Buffer.concat(chunks).toString() });
}

function resultOf({ body, status }: ManagementResponse): Record<string, unknown> {
  expect([status, body]).toMatchObject([200, { results: [{}] }]);
  const [{ durationMs: _, ...result }] = body.results as [Record<string, unknown>];
  return result;
}

const cart = {
  lineItems: [{ name: "Mug", quantity: 1, price: "9.00", physicalProperties: { weight: 0.3 } }],
};
const destination = { country: "US", subdivision: "US-NY", city: "New York", postalCode: "10001" };
const shipping = (siteId: string) => ({
  ...{ siteId, componentType: "ECOM_SHIPPING_RATES", method: "getShippingRates" },
  request: { ...cart, shippingDestination: destination },
});

describe.each([
  [
    "the third-party client",
    ({ appId, publicKey }: { appId: string; publicKey: string }) =>
      createClient({ auth: AppStrategy({ appId, publicKey }), modules }) as unknown as AnyClient,
  ],
  [
    "our client with the third-party modules",
    ({ appId, publicKey }: { appId: string; publicKey: string }) =>
      ours.createClient({
        auth: ours.AppStrategy({ appId, publicKey }),
        modules,
        apiUrl: platform.url,
      }) as unknown as AnyClient,
  ],
  [
    "our app with the third-party definitions",
    ({ appId, publicKey }: { appId: string; publicKey: string }): AnyClient => {
      const app = ours.createApp({
        appId,
        publicKey,
        apiUrl: platform.url,
        servicePlugins: { onError() {} },
      });
      const { implement } = app.servicePlugins;
      return {
        shippingRates: {
          provideHandlers: (methods) => implement(shippingRates.provideHandlers, methods as never),
        },
        additionalFees: {
          provideHandlers: (methods) => implement(additionalFees.provideHandlers, methods as never),
        },
        bookingRules: (methods) => implement(bookingRules, methods as never),
        servicePlugins: { processRequest: app.fetch },
      };
    },
  ],
])("%s", (_, connect) => {
  test("returns shipping rates, with the metadata of the call", async () => {
    const { client, instanceId, siteId } = await serve(connect);
    let seen: { request?: unknown; metadata?: unknown } = {};
    client.shippingRates.provideHandlers({
      getShippingRates(given: { request: unknown; metadata: { currency: string } }) {
        seen = given;
        const cost = { price: "4.90", currency: given.metadata.currency };
        return {
          shippingRates: [{ code: "std", title: "Standard", logistics: { deliveryTime: "2 days" }, cost }],
        };
      },
    });
    const identity = { identityType: "MEMBER", memberId: "member-1" };
    const body = { ...shipping(siteId), metadata: { requestId: "cart-7", identity } };
    expect(resultOf(await call("POST /service-plugins/call", { body }))).toMatchObject({
      instanceId,
      response: {
        shippingRates: [
          {
            ...{ code: "std", title: "Standard", logistics: { deliveryTime: "2 days" } },
            cost: { price: "4.90", currency: "EUR" },
          },
        ],
      },
    });
    expect(seen.metadata).toEqual({
      ...{ requestId: "cart-7", identity, instanceId, currency: "EUR", languages: ["de-DE"] },
      appExtensionType: "ECOM_SHIPPING_RATES",
    });
    expect(seen.request).toMatchObject({ lineItems: [{ name: "Mug", quantity: 1, price: "9.00" }] });
  });

  test("returns additional fees", async () => {
    const { client, siteId } = await serve(connect);
    client.additionalFees.provideHandlers({
      calculateAdditionalFees: () => ({
        additionalFees: [{ code: "gift", name: "Gift wrap", price: "2.00", taxDetails: { taxable: true } }],
        currency: "EUR",
      }),
    });
    const body = {
      ...{ siteId, componentType: "ECOM_ADDITIONAL_FEES", method: "calculateAdditionalFees" },
      request: { lineItems: [{ id: "1", quantity: 1, price: "9.00" }], shippingAddress: destination },
    };
    expect(resultOf(await call("POST /service-plugins/call", { body })).response).toEqual({
      additionalFees: [{ code: "gift", name: "Gift wrap", price: "2.00", taxDetails: { taxable: true } }],
      currency: "EUR",
    });
  });

  test("handles a type that the platform owner defined", async () => {
    const { client, siteId } = await serve(connect);
    client.bookingRules({
      mayBook: ({ request }: { request: { day: string } }) => ({ allowed: request.day !== "Sunday" }),
    });
    const body = { siteId, componentType: ownType, method: "mayBook", request: { day: "Sunday" } };
    expect(resultOf(await call("POST /service-plugins/call", { body })).response).toEqual({ allowed: false });
  });

  test("returns a defined error with the class of the module", async () => {
    const { client, siteId } = await serve(connect);
    client.shippingRates.provideHandlers({
      getShippingRates() {
        throw new shippingRates.InvalidPostalCodeWixError({ invalidPostalCode: "10001" } as never);
      },
    });
    const { error } = resultOf(await call("POST /service-plugins/call", { body: shipping(siteId) }));
    expect(error).toEqual({
      code: "APPLICATION_ERROR",
      message: "The app returned the error INVALID_POSTAL_CODE.",
      ...{ status: 400, applicationCode: "INVALID_POSTAL_CODE", data: { invalidPostalCode: "10001" } },
    });
  });

  test("a failing handler is an error of that app", async () => {
    const { client, siteId } = await serve(connect);
    client.shippingRates.provideHandlers({
      getShippingRates() {
        throw new Error("the tariff table is empty");
      },
    });
    const { error } = resultOf(await call("POST /service-plugins/call", { body: shipping(siteId) }));
    expect(error).toEqual({
      ...{ code: "REFUSED", status: 500 },
      message: "The endpoint responded with 500 without an application error.",
    });
  });
});
