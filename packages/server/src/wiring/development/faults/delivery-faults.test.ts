import { minutes, startDeliveryFixture } from "@latchkey/test-support/test-deliveries";
import { respondWith } from "@latchkey/test-support/webhook-receiver";
import { describe, expect, test } from "vitest";
import { engines } from "../../../testing/test-database.ts";

describe.each(engines)("a fault of deliveries on %s", (database) => {
  async function start() {
    const fixture = await startDeliveryFixture(database, { refusedDeliveries: "report" });
    await fixture.createOwnType();
    await fixture.subscribe("own");
    await fixture.install();
    const publish = async (...names: readonly string[]) => {
      for (const name of names) await fixture.publish("own", { name });
      await fixture.platform.settled();
    };
    const names = () => fixture.receiver.received.map(({ payload }) => payload.name);
    return { ...fixture, faults: fixture.platform.faults, names, publish };
  }

  test("sends a delivery twice with the same id, and reports a refused duplicate", async () => {
    const { advance, faults, platform, publish, receiver } = await start();
    await faults.add({ target: "delivery", duplicate: true, times: 2 });
    await publish("a");
    const [first, second, ...more] = receiver.received;
    expect([first?.body, more]).toEqual([second?.body, []]);
    expect(await platform.delivery()).toMatchObject({ status: "delivered", attempts: 1 });
    let requests = 0;
    receiver.respond = (response, delivery) => {
      requests += 1;
      respondWith(requests === 2 ? 409 : 200)(response, delivery);
    };
    await expect(publish("b")).rejects.toThrow("409");
    await advance(minutes);
    expect(await faults.list()).toMatchObject([{ applied: 2 }]);
    expect(requests).toBe(3);
  });

  test("delays each delivery once, by the platform's clock", async () => {
    const { advance, faults, names, platform, publish } = await start();
    await faults.add({ target: "delivery", delay: "10m" });
    await publish("a");
    expect(await platform.delivery()).toMatchObject({ status: "pending", attempts: 0 });
    await advance(10 * minutes - 1);
    expect(names()).toEqual([]);
    await advance(1);
    expect(names()).toEqual(["a"]);
    expect(await faults.list()).toMatchObject([{ applied: 1 }]);
  });

  test("sends a delivery after the next one", async () => {
    const { faults, names, publish } = await start();
    await faults.add({ target: "delivery", reorder: true });
    await publish("a");
    expect(names()).toEqual([]);
    await publish("b");
    expect(names()).toEqual(["b", "a"]);
    await publish("c", "d");
    expect(names().toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  test("sends a reordered delivery after a minute when no other follows", async () => {
    const { advance, faults, names, publish } = await start();
    await faults.add({ target: "delivery", reorder: true, times: 1 });
    await publish("a");
    await advance(minutes);
    expect(names()).toEqual(["a"]);
  });

  test("corrupts signatures in body and header, and the retry is right", async () => {
    const { advance, faults, publish, receiver } = await start();
    await faults.add({ target: "delivery", corruptSignature: true, times: 1 });
    receiver.respond = respondWith(401);
    await expect(publish("a")).rejects.toMatchObject({ code: "deliveries_refused" });
    receiver.respond = respondWith(200);
    await advance(minutes);
    const [corrupted, right] = receiver.received;
    const claimsOf = (body = "") => JSON.parse(Buffer.from(body.split(".")[1] ?? "", "base64url").toString());
    expect(claimsOf(corrupted?.body).event_id).toBe(claimsOf(right?.body).event_id);
    expect(corrupted?.headers["webhook-signature"]).toMatch(/^v1,[AB]/);
    expect(corrupted?.headers["webhook-signature"]).not.toBe(right?.headers["webhook-signature"]);
  });

  test("concerns one event type, one app and one instance only", async () => {
    const { appId, faults, names, publish } = await start();
    const other = "00000000-0000-4000-8000-00000000abcd";
    await faults.add({ target: "delivery", delay: 1, eventType: "AppRemoved" });
    await faults.add({ target: "delivery", delay: 1, appId: other });
    await faults.add({ target: "delivery", delay: 1, instanceId: other });
    await publish("a");
    expect(names()).toEqual(["a"]);
    await faults.add({ target: "delivery", delay: "1h", appId, eventType: "own" });
    await publish("b");
    expect(names()).toEqual(["a"]);
    expect((await faults.list()).map(({ applied }) => applied)).toEqual([0, 0, 0, 1]);
  });
});

test("AppInstalled stays the first event when it is delayed, and is not reordered", async () => {
  const { advance, createOwnType, install, platform, publish, received, subscribe } =
    await startDeliveryFixture("sqlite");
  await createOwnType();
  await subscribe("AppInstalled");
  await subscribe("own");
  await platform.faults.add({ target: "delivery", delay: "1h", eventType: "AppInstalled" });
  await platform.faults.add({ target: "delivery", reorder: true, eventType: "AppInstalled" });
  await install();
  await publish("own");
  await platform.settled();
  await advance(60 * minutes);
  expect(received().map((event) => (event as string[])[0])).toEqual(["AppInstalled", "own"]);
});
