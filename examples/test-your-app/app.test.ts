import { platformFixture } from "@latchkey/server/testing/vitest";
import { test as base, expect } from "vitest";

const test = base.extend(platformFixture());

test("the app is notified when it is installed", async ({ platform }) => {
  const received: string[] = [];
  const url = await platform.serve(async (request) => {
    received.push(await request.text());
    return new Response();
  });
  const { appId } = await platform.createApp();
  await platform.createWebhook({ appId, eventType: "AppInstalled", url });
  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId, siteId });
  expect(await platform.delivery({ eventType: "AppInstalled" })).toMatchObject({
    instanceId,
    status: "delivered",
  });
  expect(received).toHaveLength(1);
});
