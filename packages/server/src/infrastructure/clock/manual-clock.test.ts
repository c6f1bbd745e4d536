import { describe, expect, test } from "vitest";
import { type Clock, systemClock } from "./clock.ts";
import { createManualClock } from "./manual-clock.ts";

const start = 1_767_323_045_678;

/** A clock whose timers note the time at which they run. */
function noting(clock = createManualClock(start)) {
  const notes: [string, number][] = [];
  const note = (name: string, ms: number) =>
    clock.after(ms, () => {
      notes.push([name, clock.now() - start]);
    });
  return { clock, note, notes };
}

describe("advance", () => {
  test("moves the time on by just as much", async () => {
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

  test("runs a timer that another one set, when it falls due on the way too", async () => {
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

  test("leaves out a timer that was called off, even by the one before it", async () => {
    const { clock, note, notes } = noting();
    const victim = note("victim", 20);
    clock.after(10, () => victim.cancel());
    await clock.advance(30);
    expect(notes).toEqual([]);
  });

  test("adds up when it is called while it still runs", async () => {
    const { clock, note, notes } = noting();
    note("timer", 150);
    await Promise.all([clock.advance(100), clock.advance(100)]);
    expect(clock.now()).toBe(start + 200);
    expect(notes).toEqual([["timer", 150]]);
  });

  test("tells of a timer that failed, and moves again afterwards", async () => {
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
  test("jumps on, and runs what fell due once", async () => {
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

  test("jumps back: timers wait for their time, and nothing runs twice", async () => {
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
  /** A base of its own hands, so that "running" depends on no machine's speed. */
  function running() {
    const base = createManualClock(start);
    return { base, ...noting(createManualClock(base)) };
  }

  test("runs with it, and keeps the distance it was moved", async () => {
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

  test("runs a timer once, though first it is moved there and then the base arrives", async () => {
    const { base, clock, note, notes } = running();
    note("once", 100);
    await clock.advance(100);
    await base.advance(100);
    expect(notes).toEqual([["once", 100]]);
  });

  test("does not fall back by the time that the work of its timers took", async () => {
    const { base, clock } = running();
    clock.after(100, () => base.advance(5_000));
    await clock.advance(1_000);
    expect(clock.now()).toBe(start + 6_000);
  });

  test("a timer that was called off does not come with the base", async () => {
    const { base, note, notes } = running();
    note("cancelled", 10).cancel();
    await base.advance(20);
    expect(notes).toEqual([]);
  });

  test("runs its timers with the machine's own clock as well", async () => {
    const clock: Clock = createManualClock(systemClock);
    // The wait alone would not keep the process alive.
    const alive = setInterval(() => {}, 1_000);
    await new Promise<void>((resolve) => clock.after(1, resolve));
    clearInterval(alive);
  });
});
