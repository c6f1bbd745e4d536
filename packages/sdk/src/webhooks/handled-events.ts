/** Where an app keeps which events it has handled, so that one that comes twice is handled once. */
export interface HandledEvents {
  /**
   * Claims an event: `new` is for whoever gets it to handle, `done` was handled before, `busy` is being handled. Of two
   * claims at once, one gets `new`.
   *
   * @param ttlMs how long the claim holds when nobody speaks of it again, in milliseconds
   */
  claim(eventId: string, ttlMs: number): Promise<"new" | "done" | "busy">;
  /** Notes that it was handled. @param ttlMs how long to remember, in milliseconds */
  complete(eventId: string, ttlMs: number): Promise<void>;
  /** Gives it back, since handling it failed: the next delivery handles it. */
  release(eventId: string): Promise<void>;
}

/**
 * Keeps them in the memory of this process, the last ones only: what most apps need, since a delivery rarely comes
 * twice, and mostly within minutes.
 *
 * @param capacity how many are remembered. Default: 10,000
 */
export function rememberInMemory(capacity = 10_000): HandledEvents {
  const known = new Map<string, "busy" | "done">();
  return {
    async claim(eventId) {
      const state = known.get(eventId);
      if (state !== undefined) return state;
      known.set(eventId, "busy");
      if (known.size > capacity) forgetOldest(known);
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

/** One that is being handled stays: to forget it would be to handle it twice. */
function forgetOldest(known: Map<string, "busy" | "done">): void {
  for (const [eventId, state] of known) {
    if (state === "busy") continue;
    known.delete(eventId);
    return;
  }
}
