import type { Clock, Timer } from "./clock.ts";

/** A clock that a test or developer moves. Moves run one after another. */
export interface ManualClock extends Clock {
  /** Moves forward by `ms` milliseconds. Runs every timer that is due on the way, in order, at its own time. */
  advance(ms: number): Promise<void>;
  /** Jumps to `epochMs`, forward or back, as when the clock of a machine is set. Timers that are due then run once. */
  set(epochMs: number): Promise<void>;
  /** Jumps back to the time of the base. */
  reset(): Promise<void>;
  /** Milliseconds ahead of the base. */
  offset(): number;
}

interface Pending {
  readonly at: number;
  readonly callback: () => void | Promise<void>;
  /** The timer on a running base clock. */
  baseTimer?: Timer;
}

/**
 * Creates a clock for tests and for `POST /dev/clock` of the development server.
 *
 * @param base a fixed time in epoch milliseconds, or a running clock
 */
export function createManualClock(base: number | Clock): ManualClock {
  const pending = new Set<Pending>();
  let offset = 0;
  let moves: Promise<void> = Promise.resolve();
  const now = (): number => (typeof base === "number" ? base : base.now()) + offset;

  const nextDue = (until: number): Pending | undefined => {
    let first: Pending | undefined;
    for (const timer of pending) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  };

  const runDue = async (until: number, lastOffset: number): Promise<void> => {
    for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
      pending.delete(due);
      due.baseTimer?.cancel();
      offset = Math.max(offset, Math.min(lastOffset, offset + due.at - now()));
      await due.callback();
    }
  };

  const afterOtherMoves = (move: () => Promise<void>): Promise<void> => {
    const moved = moves.then(move);
    moves = moved.catch(() => {});
    return moved;
  };

  const jump = async (newOffset: number): Promise<void> => {
    offset = newOffset;
    await runDue(now(), offset);
  };

  const after = (ms: number, callback: () => void | Promise<void>): Timer => {
    const timer: Pending = { at: now() + ms, callback };
    pending.add(timer);
    if (typeof base !== "number") {
      timer.baseTimer = base.after(ms, () => (pending.delete(timer) ? callback() : undefined));
    }
    return {
      cancel() {
        pending.delete(timer);
        timer.baseTimer?.cancel();
      },
    };
  };

  return {
    now,
    after,
    advance: (ms) =>
      afterOtherMoves(async () => {
        const reached = offset + ms;
        await runDue(now() + ms, reached);
        offset = reached;
      }),
    set: (epochMs) => afterOtherMoves(() => jump(offset + epochMs - now())),
    reset: () => afterOtherMoves(() => jump(0)),
    offset: () => offset,
  };
}
