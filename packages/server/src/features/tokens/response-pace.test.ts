import { expect, test } from "vitest";
import { ResponsePace } from "./response-pace.ts";

const mebibyte = 1_048_576;

/** A pace with a clock that only pauses move. */
function createPace() {
  let now = 1_000;
  const order: string[] = [];
  const pace = new ResponsePace({
    now: () => now,
    async pause(seconds) {
      await new Promise((resolve) => setImmediate(resolve));
      now += seconds;
    },
  });
  const call = (appId: string, bytes: number, signal = new AbortController().signal) =>
    pace.run(appId, signal, async () => {
      order.push(appId);
      return new Response("", { headers: { "content-length": String(bytes) } });
    });
  return { call, order, seconds: () => now - 1_000 };
}

test("FR-A2: calls of an app whose responses have more than 16 MiB a second wait", async () => {
  const { call, seconds } = createPace();
  for (let count = 0; count < 36; count += 1) await call("app", mebibyte);
  // 4 MiB at once, then 16 MiB a second; the last response is counted after it was sent.
  expect(seconds()).toBeCloseTo((36 - 4 - 1) / 16, 5);
});

test("FR-A2: small responses do not wait", async () => {
  const { call, seconds } = createPace();
  for (let count = 0; count < 1_000; count += 1) await call("app", 2_000);
  expect(seconds()).toBe(0);
});

test("FR-A2: calls of other apps do not wait for an app that waits", async () => {
  const { call, order } = createPace();
  await call("large", 100 * mebibyte);
  const waiting = call("large", 1);
  await call("other", 1);
  await waiting;
  expect(order).toEqual(["large", "other", "large"]);
});

test("FR-A2: calls that wait begin one after another", async () => {
  const { call, seconds } = createPace();
  await call("app", 16 * mebibyte);
  await Promise.all(Array.from({ length: 5 }, () => call("app", 16 * mebibyte)));
  expect(seconds()).toBeGreaterThan(4);
});

test("FR-A2: 200 calls of an app wait; the next is refused", async () => {
  const { call } = createPace();
  await call("app", 100 * mebibyte);
  const calls = Array.from({ length: 201 }, () => call("app", 1));
  await expect(calls.at(-1)).rejects.toMatchObject({
    code: "RESOURCE_EXHAUSTED",
    message: "The responses of this app have more than 16 MiB a second; send fewer calls at once.",
  });
  await Promise.all(calls.slice(0, 200));
});

test("FR-A2: a call whose client has left does not run", async () => {
  const { call, order } = createPace();
  await call("app", 100 * mebibyte);
  const client = new AbortController();
  const left = call("app", 1, client.signal);
  client.abort(new Error("The client has left."));
  await expect(left).rejects.toThrow("The client has left.");
  expect(order).toEqual(["app"]);
});
