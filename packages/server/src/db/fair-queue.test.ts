import { expect, test } from "vitest";
import { createFairQueue } from "./fair-queue.ts";

/** Work that ends when it is told to, and a list of what has begun. */
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

test("one key never gets all the slots", async () => {
  const { begun, work } = someWork();
  const queue = createFairQueue({ slots: 3, slotsPerKey: 2, waitingPerKey: 10 });
  for (const name of ["a1", "a2", "a3"]) void queue.run("a", work(name));
  void queue.run("b", work("b1"));
  expect(begun).toEqual(["a1", "a2", "b1"]);
});

test("keys take turns, and each its own work in order", async () => {
  const { begun, end, work } = someWork();
  const queue = createFairQueue({ slots: 1, slotsPerKey: 1, waitingPerKey: 10 });
  for (const name of ["a1", "a2", "a3"]) void queue.run("a", work(name));
  for (const name of ["b1", "b2"]) void queue.run("b", work(name));
  for (const name of ["a1", "a2", "b1", "a3", "b2"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "b1", "a3", "b2"]);
});

test("work that fails gives its slot back, and its error", async () => {
  const queue = createFairQueue({ slots: 1, slotsPerKey: 1, waitingPerKey: 10 });
  await expect(queue.run("a", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await queue.run("a", async () => "done")).toBe("done");
});

test("too much waiting under one key is refused with 429, and others still wait", async () => {
  const { end, work } = someWork();
  const queue = createFairQueue({ slots: 1, slotsPerKey: 1, waitingPerKey: 1 });
  const first = queue.run("a", work("a1"));
  const second = queue.run("a", work("a2"));
  const other = queue.run("b", work("b1"));
  await expect(queue.run("a", work("a3"))).rejects.toMatchObject({
    ...{ code: "RESOURCE_EXHAUSTED", status: 429, headers: { "retry-after": "1" } },
    message: "Too many queries of this app are waiting; send the next ones when some were answered.",
  });
  for (const name of ["a1", "a2", "b1"]) await end(name);
  expect(await Promise.all([first, second, other])).toEqual(["a1", "a2", "b1"]);
});
