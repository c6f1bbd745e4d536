import * as ours from "@latchkey/sdk";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { startWebhookReceiver, type WebhookReceiver } from "@latchkey/test-support/webhook-receiver";
import { appInstances } from "@wix/app-management";
import { AppStrategy, createClient, EventDefinition } from "@wix/sdk";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

// The confirmation of webhook addresses, with receivers that verify signatures in different ways.

type App = Awaited<ReturnType<TestPlatform["createApp"]>>;
/** Responds to a message with a status. */
type Receive = (body: string, headers: Readonly<Record<string, string>>) => Promise<number>;

let platform: TestPlatform;
let receiver: WebhookReceiver;
let app: App;
beforeAll(async () => {
  platform = await createTestPlatform({
    confirmWebhooks: true,
    seed: "confirmation",
    refusedDeliveries: "allow",
  });
  receiver = await startWebhookReceiver();
});
beforeEach(async () => {
  app = await platform.createApp();
});
afterAll(async () => {
  await platform.close();
  await receiver.close();
});

/** Creates a webhook and returns its state after the confirmation, and the statuses of the receiver. */
async function confirm(receiverOf: (signingSecret: string) => Receive): Promise<[unknown, number[]]> {
  const call = managementCaller(platform);
  const webhooks = `/apps/${app.appId}/webhooks`;
  const statuses: number[] = [];
  const secret = Promise.withResolvers<string>();
  receiver.respond = async (response, { body, headers }) => {
    const status = await receiverOf(await secret.promise)(body, headers);
    statuses.push(status);
    response.writeHead(status).end();
  };
  const body = { eventType: "AppInstalled", url: `${receiver.url}/${app.appId}` };
  const created = (await call(`POST ${webhooks}`, { body })).body;
  secret.resolve(String(created.signingSecret));
  await platform.settled();
  return [(await call(`GET ${webhooks}/${created.webhookId}`)).body.state, statuses];
}

/** The statuses of a handler that responds with 500 to a request that it cannot process, as an Express app does. */
const statusOf = (work: Promise<unknown>): Promise<number> =>
  work.then(
    () => 200,
    () => 500,
  );

function thirdParty() {
  const auth = AppStrategy({ appId: app.appId, publicKey: app.publicKey });
  const client = createClient({ auth, modules: { appInstances } });
  client.appInstances.onAppInstanceInstalled(() => {});
  return client.webhooks;
}

describe("FR-A8: the address is confirmed of a receiver with", () => {
  test("our SDK", async () => {
    const ownApp = ours.createApp({
      ...{ appId: app.appId, appSecret: app.secret.value, publicKey: app.publicKey },
      apiUrl: platform.url,
    });
    ownApp.webhooks.on("AppInstalled", () => {});
    const state = await confirm(() => async (body) => {
      const request = new Request("http://127.0.0.1/webhooks", { method: "POST", body });
      return (await ownApp.fetch(request)).status;
    });
    expect(state).toEqual(["active", [200, 401]]);
  });

  test("the third-party client that expects the test", async () => {
    const webhooks = thirdParty();
    const expectedEvents = [EventDefinition("latchkey.webhook.test")()];
    const state = await confirm(() => (jwt) => statusOf(webhooks.process(jwt, { expectedEvents })));
    expect(state).toEqual(["active", [200, 500]]);
  });

  test("a library of Standard Webhooks", async () => {
    const state = await confirm(
      (secret) => (body, headers) =>
        statusOf((async () => new Webhook(secret).verify(body, { ...headers }, { jsonParse: false }))()),
    );
    expect(state).toEqual(["active", [200, 500]]);
  });
});

test("FR-A8: the third-party client refuses the test unless it expects it", async () => {
  const webhooks = thirdParty();
  expect(await confirm(() => (jwt) => statusOf(webhooks.process(jwt)))).toEqual(["unconfirmed", [500]]);
});
