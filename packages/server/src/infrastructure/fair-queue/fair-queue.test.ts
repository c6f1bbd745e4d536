import { expect, test } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

/** Work that ends when the test ends it, and a list of the work that has begun. */
function someWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    end: async (name: string) => {
      ends.get(name)?.();
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    },
    work: (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    },
  };
}

const { signal: unlimited } = new AbortController();

test("FR-A3: two keys never use all slots, so the work of a third key begins at once", () => {
  const { begun, work } = someWork();
  const queue = createFairQueue({ slots: 4, waitingPerKey: 10 });
  for (const key of ["a", "b"]) {
    for (const name of [1, 2, 3]) void queue.run(key, work(`${key}${name}`), unlimited);
  }
  void queue.run("c", work("c1"), unlimited);
  expect(begun).toEqual(["a1", "a2", "b1", "c1"]);
});

test("a key gets fewer slots when others wait, and more when they have ended", async () => {
  const { begun, end, work } = someWork();
  const queue = createFairQueue({ slots: 4, waitingPerKey: 10 });
  for (const name of ["a1", "a2", "a3", "a4"]) void queue.run("a", work(name), unlimited);
  for (const key of ["b", "c"]) void queue.run(key, work(key), unlimited);
  expect(begun).toEqual(["a1", "a2", "b", "c"]);
  await end("a1");
  expect(begun).toEqual(["a1", "a2", "b", "c"]);
  for (const name of ["b", "c"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "b", "c", "a3"]);
});

test("FR-A3: keys that use all slots run at most once each before the work of a new key", async () => {
  const { begun, end, work } = someWork();
  const queue = createFairQueue({ slots: 4, waitingPerKey: 10 });
  const greedy = ["a", "b", "c", "d", "e"];
  for (const key of greedy) {
    for (const name of [1, 2, 3]) void queue.run(key, work(`${key}${name}`), unlimited);
  }
  void queue.run("f", work("f1"), unlimited);
  const atOnce = begun.length;
  for (let ended = 0; !begun.includes("f1"); ended += 1) await end(begun[ended] ?? "");
  const served = begun.slice(atOnce).map(([key]) => key);
  expect(new Set(served).size).toBe(served.length);
});

test("FR-A3: waiting work is dropped when its signal is aborted, and no longer counts", async () => {
  const { begun, end, work } = someWork();
  const queue = createFairQueue({ slots: 1, waitingPerKey: 1 });
  const client = new AbortController();
  void queue.run("a", work("a1"), unlimited);
  const dropped = queue.run("a", work("a2"), client.signal);
  client.abort(new Error("left"));
  await expect(dropped).rejects.toThrow("left");
  const next = queue.run("a", work("a3"), unlimited);
  await end("a1");
  await end("a3");
  await next;
  expect(begun).toEqual(["a1", "a3"]);
});

test("work with an aborted signal never begins", async () => {
  const { begun, work } = someWork();
  const queue = createFairQueue({ slots: 1, waitingPerKey: 1 });
  await expect(queue.run("a", work("a1"), AbortSignal.abort(new Error("left")))).rejects.toThrow("left");
  expect(begun).toEqual([]);
});

test("keys take turns, and the work of a key runs in order", async () => {
  const { begun, end, work } = someWork();
  const queue = createFairQueue({ slots: 1, waitingPerKey: 10 });
  for (const name of ["a1", "a2", "a3"]) void queue.run("a", work(name), unlimited);
  for (const name of ["b1", "b2"]) void queue.run("b", work(name), unlimited);
  for (const name of ["a1", "a2", "b1", "a3", "b2"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "b1", "a3", "b2"]);
});

test("work that fails releases its slot and rejects with its error", async () => {
  const queue = createFairQueue({ slots: 1, waitingPerKey: 10 });
  await expect(queue.run("a", () => Promise.reject(new Error("failed")), unlimited)).rejects.toThrow(
    "failed",
  );
  expect(await queue.run("a", async () => "done", unlimited)).toBe("done");
});

test("too much waiting work of one key is rejected with 429, and other keys can wait", async () => {
  const { end, work } = someWork();
  const queue = createFairQueue({ slots: 1, waitingPerKey: 1 });
  const first = queue.run("a", work("a1"), unlimited);
  const second = queue.run("a", work("a2"), unlimited);
  const other = queue.run("b", work("b1"), unlimited);
  await expect(queue.run("a", work("a3"), unlimited)).rejects.toMatchObject({
    ...{ code: "RESOURCE_EXHAUSTED", status: 429, headers: { "retry-after": "1" } },
    message: "Too much work of this app is waiting; wait until some has ended.",
  });
  for (const name of ["a1", "a2", "b1"]) await end(name);
  expect(await Promise.all([first, second, other])).toEqual(["a1", "a2", "b1"]);
});

test("work with several keys waits while one of them uses its share", async () => {
  const queue = createFairQueue({ slots: 4, waitingPerKey: 10 });
  const ended = Promise.withResolvers<void>();
  const began: string[] = [];
  const work = (name: string, keys: readonly string[]): Promise<void> =>
    queue.run(keys, async () => {
      began.push(name);
      await ended.promise;
    });
  const all = [
    work("first app", ["app 1", "host 1"]),
    work("second app", ["app 2", "host 1"]),
    work("third app, same host", ["app 3", "host 1"]),
    work("third app, another host", ["app 3", "host 2"]),
  ];
  expect(began).toEqual(["first app", "second app", "third app, another host"]);
  ended.resolve();
  await Promise.all(all);
  expect(began).toHaveLength(4);
});
