import type { Clock } from "../clock/index.ts";

/** Creates ids of new rows. */
export interface Ids {
  /** A random GUID (UUIDv4, 122 random bits): unguessable. */
  guid(): string;
  /** A UUIDv7. The ids of a process are in ascending order. */
  ordered(): string;
}

/** A lower bound of the ids that {@link Ids.ordered} creates at `epochMs` or later. */
export function lowestIdAt(epochMs: number): string {
  return timeOf(Math.max(0, epochMs));
}

function timeOf(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Returns `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** @param deps.randomUuid returns a random UUIDv4 */
export function createIds(deps: { clock: Clock; randomUuid: () => string }): Ids {
  let time = 0;
  let counter = 0;
  return {
    guid: deps.randomUuid,
    ordered() {
      // Ids ascend also within a millisecond and after the clock is set back.
      const now = deps.clock.now();
      counter = now > time ? 0 : (counter + 1) % 4_096;
      time = now > time ? now : time + (counter === 0 ? 1 : 0);
      const sequence = counter.toString(16).padStart(3, "0");
      return `${timeOf(time)}-7${sequence}-${deps.randomUuid().slice(19)}`;
    },
  };
}
