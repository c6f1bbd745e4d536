import { describe, expect, test } from "vitest";
import { createManualClock } from "./manual-clock.ts";
import { type Poller, startPoller } from "./poller.ts";

function start(work: (poll: number) => boolean | Promise<boolean>) {
  const clock = createManualClock(1_767_323_045_678);
  const seen = { polls: 0, errors: [] as unknown[] };
  const poller: Poller = startPoller(clock, 100, {
    async work() {
      seen.polls += 1;
      return await work(seen.polls);
    },
    onError: (error) => seen.errors.push(error),
  });
  return { clock, poller, seen };
}

describe("a poller", () => {
  test("polls at once, and again after its interval", async () => {
    const { clock, poller, seen } = start(() => false);
    await poller.idle();
    expect(seen.polls).toBe(1);
    await clock.advance(99);
    await poller.idle();
    expect(seen.polls).toBe(1);
    await clock.advance(1);
    await poller.idle();
    expect(seen.polls).toBe(2);
    await poller.stop();
  });

  test("polls without pause while there is work", async () => {
    const { poller, seen } = start((poll) => poll < 5);
    await poller.idle();
    expect(seen.polls).toBe(5);
    await poller.stop();
  });

  test("polls once more when it is woken during a poll, however often", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { poller, seen } = start((poll) => (poll === 1 ? promise : false));
    poller.wake();
    poller.wake();
    resolve(false);
    await poller.idle();
    expect(seen.polls).toBe(2);
    await poller.stop();
  });

  test("doubles its interval after each failure, up to 5 seconds, and returns to it after a success", async () => {
    const { clock, poller, seen } = start((poll) => {
      if (poll <= 8) throw new Error(`poll ${poll}`);
      return false;
    });
    await poller.idle();
    const intervals: number[] = [];
    for (let waited = 0; seen.polls < 10; ) {
      const before = seen.polls;
      await clock.advance(100);
      await poller.idle();
      waited += 100;
      if (seen.polls > before) {
        intervals.push(waited);
        waited = 0;
      }
    }
    expect(intervals).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 100]);
    expect(seen.errors).toHaveLength(8);
    await poller.stop();
  });

  test("stops after the poll in progress, and polls no more", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { clock, poller, seen } = start(() => promise);
    const stopped = poller.stop();
    resolve(true);
    await stopped;
    poller.wake();
    await clock.advance(1_000);
    expect(seen.polls).toBe(1);
  });
});
