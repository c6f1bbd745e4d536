import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "./clock.ts";
import { createManualClock } from "./manual-clock.ts";

const start = 1_767_323_045_678;

/** A clock whose timers record the time at which they run. */
function noting(clock = createManualClock(start)) {
  const notes: [string, number][] = [];
  const note = (name: string, ms: number) =>
    clock.after(ms, () => {
      notes.push([name, clock.now() - start]);
    });
  return { clock, note, notes };
}

describe("advance", () => {
  test("moves the time by exactly this much", async () => {
    const { clock } = noting();
    await clock.advance(250);
    await clock.advance(0);
    expect(clock.now()).toBe(1_767_323_045_928);
  });

  test("runs timers in the order of their times, each at its own time", async () => {
    const { clock, note, notes } = noting();
    note("third", 300);
    note("first", 100);
    note("second", 200);
    note("later", 301);
    await clock.advance(300);
    expect(notes).toEqual([
      ["first", 100],
      ["second", 200],
      ["third", 300],
    ]);
  });

  test("runs timers of the same time in the order they were set", async () => {
    const { clock, note, notes } = noting();
    note("a", 5);
    note("b", 5);
    await clock.advance(5);
    expect(notes.map(([name]) => name)).toEqual(["a", "b"]);
  });

  test("runs a timer that another timer set, when it is due on the way too", async () => {
    const { clock, note, notes } = noting();
    clock.after(100, () => {
      note("inner", 50);
      note("too late", 60);
    });
    note("between", 140);
    await clock.advance(155);
    expect(notes).toEqual([
      ["between", 140],
      ["inner", 150],
    ]);
  });

  test("waits for work that a timer started", async () => {
    const { clock, notes } = noting();
    clock.after(10, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      notes.push(["done", clock.now() - start]);
    });
    await clock.advance(20);
    expect(notes).toEqual([["done", 10]]);
  });

  test("skips a canceled timer, also when the timer before it canceled it", async () => {
    const { clock, note, notes } = noting();
    const victim = note("victim", 20);
    clock.after(10, () => victim.cancel());
    await clock.advance(30);
    expect(notes).toEqual([]);
  });

  test("adds up with an advance in progress", async () => {
    const { clock, note, notes } = noting();
    note("timer", 150);
    await Promise.all([clock.advance(100), clock.advance(100)]);
    expect(clock.now()).toBe(start + 200);
    expect(notes).toEqual([["timer", 150]]);
  });

  test("rejects when a timer fails, and moves again afterwards", async () => {
    const { clock } = noting();
    clock.after(10, () => {
      throw new Error("broken");
    });
    await expect(clock.advance(50)).rejects.toThrow("broken");
    await clock.advance(50);
    expect(clock.now()).toBe(start + 60);
  });
});

describe("set", () => {
  test("jumps forward and runs due timers once", async () => {
    const { clock, notes } = noting();
    const again = (): void => {
      notes.push(["hourly", clock.now() - start]);
      clock.after(3_600_000, again);
    };
    clock.after(3_600_000, again);
    await clock.set(start + 100 * 3_600_000);
    expect(notes).toEqual([["hourly", 360_000_000]]);
    await clock.advance(3_600_000);
    expect(notes).toHaveLength(2);
  });

  test("jumps back: timers wait for their time, and none runs twice", async () => {
    const { clock, note, notes } = noting();
    note("before", 100);
    note("after", 500);
    await clock.advance(200);
    await clock.set(start - 1_000);
    expect(clock.now()).toBe(start - 1_000);
    await clock.advance(1_499);
    expect(notes).toEqual([["before", 100]]);
    await clock.advance(1);
    expect(notes.at(-1)).toEqual(["after", 500]);
  });
});

describe("over a running clock", () => {
  /** A base clock that the test moves, so that the test does not depend on the speed of the machine. */
  function running() {
    const base = createManualClock(start);
    return { base, ...noting(createManualClock(base)) };
  }

  test("follows the base clock with a constant offset", async () => {
    const { base, clock } = running();
    await clock.advance(1_000);
    await base.advance(7);
    expect(clock.now()).toBe(start + 1_007);
  });

  test("runs a timer when the base reaches it", async () => {
    const { base, note, notes } = running();
    note("passes", 100);
    await base.advance(99);
    expect(notes).toEqual([]);
    await base.advance(1);
    expect(notes).toEqual([["passes", 100]]);
  });

  test("runs a timer once, although both the move and the base clock reach its time", async () => {
    const { base, clock, note, notes } = running();
    note("once", 100);
    await clock.advance(100);
    await base.advance(100);
    expect(notes).toEqual([["once", 100]]);
  });

  test("does not lose the time that timers take", async () => {
    const { base, clock } = running();
    clock.after(100, () => base.advance(5_000));
    await clock.advance(1_000);
    expect(clock.now()).toBe(start + 6_000);
  });

  test("a canceled timer does not run with the base clock", async () => {
    const { base, note, notes } = running();
    note("cancelled", 10).cancel();
    await base.advance(20);
    expect(notes).toEqual([]);
  });

  test("runs its timers with the system clock too", async () => {
    const clock: Clock = createManualClock(systemClock);
    // The wait alone would not keep the process alive.
    const alive = setInterval(() => {}, 1_000);
    await new Promise<void>((resolve) => clock.after(1, resolve));
    clearInterval(alive);
  });
});
