import type { Clock, Timer } from "./clock.ts";

/** A clock that stands still, or runs beside another, until it is told to move. Moves happen one after another. */
export interface ManualClock extends Clock {
  /** Walks on by `ms` milliseconds and runs, in order and at its own time, what falls due on the way. */
  advance(ms: number): Promise<void>;
  /**
   * Jumps to `epochMs`, as when somebody sets the clock of a machine: what fell due meanwhile runs once, then. A jump
   * back makes timers wait longer; nothing runs twice.
   */
  set(epochMs: number): Promise<void>;
}

interface Pending {
  readonly at: number;
  readonly callback: () => void | Promise<void>;
  /** On a running base the wait may also simply pass. */
  passing?: Timer;
}

/**
 * A clock for tests, and for the development server's `POST /dev/clock`.
 *
 * @param base what the clock shows while it is not moved: a fixed instant in epoch milliseconds, or a running clock
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
      due.passing?.cancel();
      offset = Math.max(offset, Math.min(lastOffset, offset + due.at - now()));
      await due.callback();
    }
  };

  const inTurn = (move: () => Promise<void>): Promise<void> => {
    const moved = moves.then(move);
    moves = moved.catch(() => {});
    return moved;
  };

  const after = (ms: number, callback: () => void | Promise<void>): Timer => {
    const timer: Pending = { at: now() + ms, callback };
    pending.add(timer);
    if (typeof base !== "number") {
      timer.passing = base.after(ms, () => (pending.delete(timer) ? callback() : undefined));
    }
    return {
      cancel() {
        pending.delete(timer);
        timer.passing?.cancel();
      },
    };
  };

  return {
    now,
    after,
    advance: (ms) =>
      inTurn(async () => {
        const reached = offset + ms;
        await runDue(now() + ms, reached);
        offset = reached;
      }),
    set: (epochMs) =>
      inTurn(async () => {
        offset += epochMs - now();
        await runDue(epochMs, offset);
      }),
  };
}
