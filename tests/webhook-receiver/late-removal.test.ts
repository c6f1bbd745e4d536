import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestPlatform, type TestPlatform } from "@latchkey/server/testing";
import { managementCaller } from "@latchkey/test-support/management-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createNodeServer } from "../../examples/webhook-receiver/node-http.ts";
import { createReceiver, type Receiver } from "../../examples/webhook-receiver/receiver.ts";

let platform: TestPlatform;
let folder: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  // The clock starts a minute late, so that signatures are current after it is advanced.
  platform = await createTestPlatform({ seed: "late removal", now: Date.now() - 61_000 });
  folder = mkdtempSync(join(tmpdir(), "instances-"));
});
afterAll(async () => {
  for (const close of closing) close();
  await platform.close();
  rmSync(folder, { recursive: true });
});

test("FR-E2: the example keeps an instance whose old removal arrives after the reinstall, in another process too", async () => {
  const app = await platform.createApp();
  const environment = {
    ...{ LATCHKEY_URL: platform.url, APP_ID: app.appId, APP_SECRET: app.secret.value },
    INSTANCES_FILE: join(folder, "instances.db"),
  };
  const handled: [eventType: string, sequence: number | undefined, late: boolean][] = [];
  /** Starts the app as in a new process. */
  const start = (): { receiver: Receiver; node: ReturnType<typeof createNodeServer> } => {
    const receiver = createReceiver(environment);
    for (const eventType of ["AppInstalled", "AppRemoved"] as const) {
      receiver.app.webhooks.on(eventType, (event) => {
        handled.push([event.eventType, event.sequence, event.late]);
      });
    }
    return { receiver, node: createNodeServer(receiver) };
  };
  let running: ReturnType<typeof start> | undefined = start();
  const server = createServer((request, response) => {
    if (running === undefined) request.socket.destroy();
    else running.node.emit("request", request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  const call = managementCaller(platform);
  for (const eventType of ["AppInstalled", "AppRemoved"]) {
    const { status } = await call(`POST /apps/${app.appId}/webhooks`, { body: { eventType, url } });
    expect(status).toBe(200);
  }

  const { siteId } = await platform.createSite();
  const { instanceId } = await platform.install({ appId: app.appId, siteId });
  await platform.settled();
  expect(running.receiver.instances.list()).toEqual([instanceId]);

  running = undefined;
  await platform.remove(instanceId);
  await expect(platform.settled()).rejects.toMatchObject({ code: "deliveries_refused" });
  running = start();
  await platform.install({ appId: app.appId, siteId });
  await platform.settled();
  // The process that receives the retry has handled no event of the instance.
  running = start();
  await platform.clock.advance(61_000);
  await platform.settled();

  expect(handled).toEqual([
    ["AppInstalled", 1, false],
    ["AppInstalled", 3, false],
    ["AppRemoved", 2, false],
  ]);
  expect(running.receiver.instances.list()).toEqual([instanceId]);

  await platform.remove(instanceId);
  await platform.settled();
  expect(handled.at(-1)).toEqual(["AppRemoved", 4, false]);
  expect(running.receiver.instances.list()).toEqual([]);
});
