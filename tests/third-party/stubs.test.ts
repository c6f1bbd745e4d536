import * as latchkey from "@latchkey/sdk";
import { createTestPlatform, type StubCall, stubResource, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import { orders } from "@wix/ecom";
import { AppStrategy, createClient } from "@wix/sdk";
import { products } from "@wix/stores";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// An app that also calls orders and contacts, which are stubs, with the unmodified client and with ours.

const order = {
  id: "0f1e2d3c-0000-4000-8000-000000000001",
  number: "10013",
  createdDate: "2026-01-02T03:04:05.678Z",
};
const searches: Pick<StubCall, "access" | "body">[] = [];
const commerce = stubResource({
  "GET /ecom/v1/orders/{orderId}": {
    respond: ({ parameters }) =>
      parameters.orderId === order.id
        ? { order }
        : {
            status: 404,
            body: {
              message: "Order not found",
              details: {
                applicationError: { code: "ORDER_NOT_FOUND", description: "Order not found", data: {} },
              },
            },
          },
  },
  "POST /ecom/v1/orders/search": {
    respond: ({ access, body }) => {
      searches.push({ access, body });
      return { orders: [order], metadata: { count: 1 } };
    },
  },
  "POST /contacts/v4/contacts/query": { permission: "CONTACTS.READ", respond: () => ({ contacts: [] }) },
  "POST /ecom/v1/orders/{orderId}/cancel": {
    respond: () => {
      throw new Error("not written yet");
    },
  },
});

let platform: TestPlatform;
let credentials: { appId: string; appSecret: string; instanceId: string };
let siteId: string;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], stubs: [commerce] });
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const url = input instanceof Request ? input.url : String(input);
    const ours = url.replace(/^https:\/\/www\.wixapis\.com/, platform.url);
    return fetch(input instanceof Request ? new Request(ours, input) : ours, init);
  });
  const app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.READ-PRODUCTS"] });
  ({ siteId } = await platform.createSite());
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  credentials = { appId: app.appId, appSecret: app.secret.value, instanceId };
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await platform.close();
});

const wixClient = () => createClient({ auth: AppStrategy(credentials), modules: { orders, products } });
const contacts = "https://www.wixapis.com/contacts/v4/contacts/query";
const notServed = "This path is not served here with this method. To stub it,";

/** Returns the error of the unmodified client. */
async function failureOf(work: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  return await work.then(
    () => expect.fail("There was no error."),
    (error) => error,
  );
}

describe("the unmodified client", () => {
  test("calls stubbed modules and those of the platform as one instance", async () => {
    const client = wixClient();
    expect((await client.products.queryProducts().find()).items).toEqual([]);
    const found = await client.orders.searchOrders({ filter: { status: "APPROVED" } });
    expect(found.orders?.map(({ _id, _createdDate }) => [_id, _createdDate])).toEqual([
      [order.id, new Date(order.createdDate)],
    ]);
    expect(searches).toEqual([
      {
        access: expect.objectContaining({ siteId, instanceId: credentials.instanceId }),
        body: { search: { filter: { status: "APPROVED" } } },
      },
    ]);
    expect((await client.orders.getOrder(order.id)).number).toBe("10013");
  });

  test("gets the error of a stub with its code", async () => {
    const error = await failureOf(wixClient().orders.getOrder("0f1e2d3c-0000-4000-8000-000000000002"));
    expect(error).toMatchObject({ details: { applicationError: { code: "ORDER_NOT_FOUND" } } });
  });

  test("gets 403 with the permission by fetchWithAuth, and the response once the app has it", async () => {
    const refused = await wixClient().fetchWithAuth(contacts, { method: "POST" });
    expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
      403,
      expect.stringMatching(/^Permission CONTACTS\.READ is required\. No scope has it: create it with POST/),
    ]);
    const call = managementCaller(platform);
    await call("POST /permissions", {
      body: { permissionId: "CONTACTS.READ", description: "Read contacts" },
    });
    const scopeId = "SCOPE.CONTACTS.READ";
    await call("POST /scopes", { body: { scopeId, name: "Contacts", permissions: ["CONTACTS.READ"] } });
    const { appId, secret } = await platform.createApp({ scopes: [scopeId] });
    const { instanceId } = await platform.install({ appId, siteId });
    const auth = AppStrategy({ appId, appSecret: secret.value, instanceId });
    const allowed = await createClient({ auth, modules: {} }).fetchWithAuth(contacts, { method: "POST" });
    expect([allowed.status, await allowed.json()]).toEqual([200, { contacts: [] }]);
  });

  test("FR-F13: throws ENDPOINT_NOT_SERVED, and how to stub it, for what is neither served nor stubbed", async () => {
    const error = await failureOf(wixClient().orders.updateOrder(order.id, { number: "2" }));
    expect(error.message).toContain(notServed);
    expect(error).toMatchObject({ details: { applicationError: { code: "ENDPOINT_NOT_SERVED" } } });
  });

  test("throws for a stub that fails", async () => {
    const error = await failureOf(wixClient().orders.cancelOrder(order.id));
    expect(error.message).toContain(
      "The stub POST /ecom/v1/orders/{orderId}/cancel threw an error. The log has the stack.",
    );
  });
});

describe("our client", () => {
  test("calls a stub by fetchWithAuth", async () => {
    const { instanceId, ...app } = credentials;
    const instance = latchkey.createApp({ ...app, apiUrl: platform.url }).instance(instanceId);
    expect(await (await instance.fetchWithAuth(`/ecom/v1/orders/${order.id}`)).json()).toEqual({ order });
  });

  test("FR-F13: distinguishes an unknown path from a missing object", async () => {
    const auth = latchkey.AppStrategy(credentials);
    const client = latchkey.createClient({ auth, modules: { orders }, apiUrl: platform.url });
    expect((await client.orders.getOrder(order.id)).number).toBe("10013");
    const error = await failureOf(client.orders.updateOrder(order.id, { number: "2" }));
    expect(error).toMatchObject({ code: "request_failed", status: 404, reason: "ENDPOINT_NOT_SERVED" });
    expect(error.message).toContain(notServed);
  });
});
