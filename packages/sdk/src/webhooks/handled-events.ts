import { createBoundedCache } from "../bounded-cache.ts";

/** A store of handled events, so that an event that is delivered twice is handled once. */
export interface HandledEvents {
  /**
   * Claims an event. `new` means that the caller handles it, `done` that it is already handled, `busy` that another
   * caller is handling it. Of two concurrent claims, one gets `new`.
   *
   * @param ttlMs the lifetime of the claim in milliseconds, if it is neither completed nor released
   */
  claim(eventId: string, ttlMs: number): Promise<"new" | "done" | "busy">;
  /**
   * Marks an event as handled.
   *
   * @param ttlMs the time to remember the event, in milliseconds
   */
  complete(eventId: string, ttlMs: number): Promise<void>;
  /** Releases a claim after a failed handler. The next delivery is handled again. */
  release(eventId: string): Promise<void>;
}

/**
 * Creates a store in the memory of this process. This is enough for most apps, because an event is rarely delivered
 * twice, and then usually within minutes.
 *
 * @param capacity the maximum number of remembered events. Default: 10,000
 */
export function rememberInMemory(capacity = 10_000): HandledEvents {
  // Events that are being handled stay, because they would be handled twice otherwise.
  const known = createBoundedCache<"busy" | "done">(capacity, (state) => state === "done");
  return {
    async claim(eventId) {
      const state = known.get(eventId);
      if (state !== undefined) return state;
      known.set(eventId, "busy");
      return "new";
    },
    async complete(eventId) {
      known.set(eventId, "done");
    },
    async release(eventId) {
      known.delete(eventId);
    },
  };
}
