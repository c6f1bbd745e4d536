import * as ours from "@latchkey/sdk";
import { products as ourProducts } from "@latchkey/sdk/stores";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { stores } from "@latchkey/stores";
import { managementCaller } from "@latchkey/test-support/management-client";
import {
  type ReceivedDelivery,
  startWebhookReceiver,
  type WebhookReceiver,
} from "@latchkey/test-support/webhook-receiver";
import { appInstances } from "@wix/app-management";
import { AppStrategy, createClient } from "@wix/sdk";
import { products, productsV3 } from "@wix/stores";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

// Webhooks of our platform, received by the unchanged third-party client.

const catalog = "com.wix.ecommerce.catalog.api.v1";
const domainEvent = "wix.stores.catalog.v3.product_created";
const subscribed = [
  ...["AppInstalled", "AppRemoved", domainEvent],
  ...["ProductCreated", "ProductChanged", "ProductDeleted"].map((name) => `${catalog}.${name}`),
];

let platform: TestPlatform;
let call: ReturnType<typeof managementCaller>;
let receiver: WebhookReceiver;
let app: Awaited<ReturnType<TestPlatform["createApp"]>>;
let siteId: string;
let signingSecrets: Map<string, string>;

beforeAll(async () => {
  platform = await createTestPlatform({ resources: [stores], seed: "third-party webhooks" });
  call = managementCaller(platform);
  receiver = await startWebhookReceiver();
  app = await platform.createApp({ scopes: ["SCOPE.DC-STORES.MANAGE-PRODUCTS"] });
  await call("POST /event-types", { body: { eventType: domainEvent, description: "A product was made" } });
  signingSecrets = new Map();
  for (const eventType of subscribed) {
    const { body } = await call(`POST /apps/${app.appId}/webhooks`, {
      body: { eventType, url: receiver.url },
    });
    signingSecrets.set(eventType, String(body.signingSecret));
  }
});
beforeEach(async () => {
  siteId = (await platform.createSite()).siteId;
});
afterAll(async () => {
  await platform.close();
  await receiver.close();
});

const modules = { appInstances, products, productsV3 };
const connect = () =>
  createClient({ auth: AppStrategy({ appId: app.appId, publicKey: app.publicKey }), modules });
/** Our client with third-party modules. It fetches the public key. */
const connectOurs = () =>
  ours.createClient({
    auth: ours.AppStrategy({ appId: app.appId, appSecret: app.secret.value }),
    modules,
    apiUrl: platform.url,
  });

/** Runs an action and returns the webhooks that arrive. */
async function deliveriesOf(work: () => Promise<unknown>): Promise<ReceivedDelivery[]> {
  const before = receiver.received.length;
  await work();
  await platform.settled();
  return receiver.received.slice(before);
}

async function storeCaller(instanceId: string) {
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ grant_type: "client_credentials", client_id: app.appId, client_secret: app.secret.value },
      instance_id: instanceId,
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return async (method: string, path: string, body?: object) => {
    const response = await fetch(`${platform.url}${path}`, {
      method,
      headers: { authorization: access_token, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { product: { id: string } };
  };
}

test("FR-E2: the third-party client leaves the sequence out; the JWT that it verified has it", async () => {
  const client = connect();
  const received = await deliveriesOf(async () => {
    const { instanceId } = await platform.install({ appId: app.appId, siteId });
    await platform.remove(instanceId);
  });
  const events: unknown[] = [];
  for (const { body: jwt } of received) {
    const event = await client.webhooks.process(jwt);
    const { sequence, toe } = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
    events.push([event.eventType, "sequence" in event, sequence, typeof toe]);
  }
  expect(events).toEqual([
    ["AppInstalled", false, 1, "number"],
    ["AppRemoved", false, 2, "number"],
  ]);
});

describe.each([
  ["the third-party client", connect],
  ["our client, with the third party's modules,", connectOurs],
] as const)("%s verifies and dispatches", (_name, connectTo) => {
  test("AppInstalled and AppRemoved", async () => {
    const heard: unknown[] = [];
    const client = connectTo() as ReturnType<typeof connect>;
    client.appInstances.onAppInstanceInstalled(({ data, metadata }) => {
      heard.push(["installed", data, metadata.instanceId]);
    });
    client.appInstances.onAppInstanceRemoved(({ data, metadata }) => {
      heard.push(["removed", data, metadata.instanceId]);
    });
    let instanceId = "";
    const received = await deliveriesOf(async () => {
      instanceId = (await platform.install({ appId: app.appId, siteId })).instanceId;
      await platform.remove(instanceId);
    });
    for (const { body } of received) await client.webhooks.process(body);
    expect(heard).toEqual([
      ["installed", { appId: app.appId, originInstanceId: null }, instanceId],
      ["removed", { appId: app.appId }, instanceId],
    ]);
  });

  test("a product that is made, changed and deleted, as a request", async () => {
    const { instanceId } = await platform.install({ appId: app.appId, siteId });
    await platform.settled();
    const store = await storeCaller(instanceId);
    const heard: unknown[] = [];
    const client = connectTo() as ReturnType<typeof connect>;
    client.products.onProductCreated((event) => void heard.push([event.data.name, event.metadata.identity]));
    client.products.onProductChanged((event) => void heard.push(event.data.changedFields));
    client.products.onProductDeleted((event) => void heard.push(event.data.productId));
    let productId = "";
    const received: ReceivedDelivery[] = [];
    const changes = [
      async () => {
        const given = { name: "Huila", priceData: { price: 9 }, productType: "physical" };
        productId = (await store("POST", "/stores/v1/products", { product: given })).product.id;
      },
      () => store("PATCH", `/stores/v1/products/${productId}`, { product: { name: "Huila, washed" } }),
      () => store("DELETE", `/stores/v1/products/${productId}`),
    ];
    for (const change of changes) received.push(...(await deliveriesOf(change)));
    for (const { body } of received) {
      await client.webhooks.processRequest(new Request("https://app.example/", { method: "POST", body }));
    }
    expect(heard).toEqual([
      ["Huila", { identityType: "APP", appId: app.appId }],
      expect.arrayContaining(["name"]),
      productId,
    ]);
  });

  test("a domain event that the platform owner publishes", async () => {
    const { instanceId } = await platform.install({ appId: app.appId, siteId });
    await platform.settled();
    const heard: unknown[] = [];
    const client = connectTo() as ReturnType<typeof connect>;
    client.productsV3.onProductCreated(({ entity, metadata }) => {
      heard.push([
        entity?.name,
        entity?._id,
        metadata.entityEventSequence,
        metadata._id,
        metadata.instanceId,
      ]);
    });
    const entity = {
      ...{ entityFqdn: "wix.stores.catalog.v3.product", slug: "created", entityId: "p-1" },
      createdEvent: { entity: { id: "p-1", name: "Huila" } },
    };
    const publish = { body: { siteId, eventType: domainEvent, entity } };
    const ids: unknown[] = [];
    const received = await deliveriesOf(async () => {
      for (let turn = 0; turn < 2; turn += 1) ids.push((await call("POST /events", publish)).body.eventId);
    });
    for (const { body } of received) await client.webhooks.process(body);
    expect(heard).toEqual([
      ["Huila", "p-1", "1", ids[0], instanceId],
      ["Huila", "p-1", "2", ids[1], instanceId],
    ]);
  });
});

describe("the third-party client takes", () => {
  test("only what it expects, and with expectedEvents what has no handler too", async () => {
    const [delivery] = await deliveriesOf(() => platform.install({ appId: app.appId, siteId }));
    const jwt = delivery?.body ?? "";
    const client = connect();
    client.products.onProductCreated(() => {});
    await expect(client.webhooks.process(jwt)).rejects.toThrow("Unexpected event type: AppInstalled");
    const expectedEvents = [appInstances.onAppInstanceInstalled];
    expect(await client.webhooks.process(jwt, { expectedEvents })).toMatchObject({
      eventType: "AppInstalled",
      payload: { appId: app.appId, originInstanceId: null },
    });
  });

  test("the events of our module", async () => {
    const { instanceId } = await platform.install({ appId: app.appId, siteId });
    await platform.settled();
    const store = await storeCaller(instanceId);
    const client = createClient({
      auth: AppStrategy({ appId: app.appId, publicKey: app.publicKey }),
      modules: { products: ourProducts },
    });
    const heard: unknown[] = [];
    client.products.onProductCreated(
      ({ data, metadata }) => void heard.push([data.name, metadata.instanceId]),
    );
    const given = { name: "Huila", priceData: { price: 9 }, productType: "physical" };
    const [delivery] = await deliveriesOf(() => store("POST", "/stores/v1/products", { product: given }));
    await client.webhooks.process(delivery?.body ?? "");
    expect(heard).toEqual([["Huila", instanceId]]);
  });

  test("nothing that is for another app", async () => {
    const other = await platform.createApp();
    const [delivery] = await deliveriesOf(() => platform.install({ appId: app.appId, siteId }));
    const client = createClient({ auth: AppStrategy({ appId: other.appId, publicKey: other.publicKey }) });
    await expect(client.webhooks.process(delivery?.body ?? "")).rejects.toThrow(
      "signature verification failed",
    );
  });
});

describe("a library of Standard Webhooks", () => {
  test("FR-E14, FR-F6: verifies the same deliveries by their headers, and rejects changed ones", async () => {
    const received = await deliveriesOf(async () => {
      const { instanceId } = await platform.install({ appId: app.appId, siteId });
      await platform.remove(instanceId);
    });
    expect(received).toHaveLength(2);
    for (const { body, headers, message } of received) {
      const webhook = new Webhook(signingSecrets.get(message.eventType) ?? "");
      expect(webhook.verify(body, headers, { jsonParse: false })).toBeUndefined();
      // By default it parses the verified body as JSON, which a JWT is not.
      expect(() => webhook.verify(body, headers)).toThrow(SyntaxError);
      expect(() => webhook.verify(`${body}x`, headers)).toThrow("No matching signature found");
    }
  });

  test("G13 verifies with the secret before a rotation for a day, and with the new one at once", async () => {
    const [webhook] = (await call(`GET /apps/${app.appId}/webhooks`)).body.items.filter(
      (one) => one.eventType === "AppInstalled",
    );
    const before = signingSecrets.get("AppInstalled") ?? "";
    const path = `POST /apps/${app.appId}/webhooks/${webhook?.webhookId}/rotate-secret`;
    const after = String((await call(path)).body.signingSecret);
    signingSecrets.set("AppInstalled", after);
    const verifiedBy = ({ body, headers }: ReceivedDelivery) =>
      [before, after].map((secret) => {
        try {
          new Webhook(secret).verify(body, headers);
        } catch (error) {
          return error instanceof SyntaxError;
        }
        return false;
      });
    const [overlapping] = await deliveriesOf(() => platform.install({ appId: app.appId, siteId }));
    expect(verifiedBy(overlapping as ReceivedDelivery)).toEqual([true, true]);
    const header = JSON.parse(Buffer.from(overlapping?.body.split(".")[0] ?? "", "base64url").toString());
    const jwks = await (await fetch(`${platform.url}/apps/${app.appId}/.well-known/jwks.json`)).json();
    expect(jwks).toMatchObject({ keys: [{ kid: header.kid, kty: "RSA", alg: "RS256", use: "sig" }] });
    expect(JSON.stringify(jwks)).not.toMatch(/"(d|p|q|dp|dq|qi)"/);

    const path2 = `POST /apps/${app.appId}/webhooks/${webhook?.webhookId}/test`;
    const [later] = await deliveriesOf(async () => {
      await platform.clock.advance(24 * 3_600_000);
      await call(path2);
    });
    expect(later?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  });
});
