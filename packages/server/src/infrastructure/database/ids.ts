import type { Clock } from "../clock/index.ts";

/** Makes the ids of new rows. */
export interface Ids {
  /** A random GUID (UUIDv4, 122 random bits): unguessable. */
  guid(): string;
  /** A UUIDv7: later ones sort behind earlier ones of the same process, to the millisecond. */
  ordered(): string;
}

/** A text that no id made by {@link Ids.ordered} at `epochMs` or later sorts before. */
export function lowestIdAt(epochMs: number): string {
  return timeOf(Math.max(0, epochMs));
}

function timeOf(epochMs: number): string {
  const hex = epochMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Fills a new array with `length` random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** @param randomUuid makes a random UUIDv4 */
export function createIds(deps: { clock: Clock; randomUuid: () => string }): Ids {
  let time = 0;
  let within = 0;
  return {
    guid: deps.randomUuid,
    ordered() {
      // Two in one millisecond, or a clock set back, still give rising ids.
      const now = deps.clock.now();
      within = now > time ? 0 : (within + 1) % 4_096;
      time = now > time ? now : time + (within === 0 ? 1 : 0);
      const sequence = within.toString(16).padStart(3, "0");
      return `${timeOf(time)}-7${sequence}-${deps.randomUuid().slice(19)}`;
    },
  };
}
