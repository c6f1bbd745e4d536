import { describe, expect, test } from "vitest";
import { keepLooking, type Lookout } from "./lookout.ts";
import { createManualClock } from "./manual-clock.ts";

function watch(work: (look: number) => boolean | Promise<boolean>) {
  const clock = createManualClock(1_767_323_045_678);
  const seen = { looks: 0, errors: [] as unknown[] };
  const lookout: Lookout = keepLooking(clock, 100, {
    async work() {
      seen.looks += 1;
      return await work(seen.looks);
    },
    onError: (error) => seen.errors.push(error),
  });
  return { clock, lookout, seen };
}

describe("work that is looked for", () => {
  test("is looked for at once, and again after a rest", async () => {
    const { clock, lookout, seen } = watch(() => false);
    await lookout.idle();
    expect(seen.looks).toBe(1);
    await clock.advance(99);
    await lookout.idle();
    expect(seen.looks).toBe(1);
    await clock.advance(1);
    await lookout.idle();
    expect(seen.looks).toBe(2);
    await lookout.stop();
  });

  test("is looked for until there is none", async () => {
    const { lookout, seen } = watch((look) => look < 5);
    await lookout.idle();
    expect(seen.looks).toBe(5);
    await lookout.stop();
  });

  test("is looked for once more when somebody says so during a look", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { lookout, seen } = watch((look) => (look === 1 ? promise : false));
    lookout.wake();
    lookout.wake();
    resolve(false);
    await lookout.idle();
    expect(seen.looks).toBe(2);
    await lookout.stop();
  });

  test("rests longer and longer while it fails, and as before when it does not", async () => {
    const { clock, lookout, seen } = watch((look) => {
      if (look <= 8) throw new Error(`look ${look}`);
      return false;
    });
    await lookout.idle();
    const rests: number[] = [];
    for (let waited = 0; seen.looks < 10; ) {
      const before = seen.looks;
      await clock.advance(100);
      await lookout.idle();
      waited += 100;
      if (seen.looks > before) {
        rests.push(waited);
        waited = 0;
      }
    }
    expect(rests).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 100]);
    expect(seen.errors).toHaveLength(8);
    await lookout.stop();
  });

  test("is not looked for any more once it was stopped, and the stop waits for the look in progress", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { clock, lookout, seen } = watch(() => promise);
    const stopped = lookout.stop();
    resolve(true);
    await stopped;
    lookout.wake();
    await clock.advance(1_000);
    expect(seen.looks).toBe(1);
  });
});
